from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

SERVICES = (
    "answering", "approvals", "call_backs", "city", "closing", "deadlines", "disclosing", "escalations", "groups", "handling",
    "intake", "majors", "orders", "routing",
)  # fmt: skip


class ComplaintsConfig(AppConfig):
    name = "complaints"
    verbose_name = _("投诉建议")

    def ready(self) -> None:
        from importlib import import_module

        from audit import revealable
        from audit.services.seeds import give
        from complaints import policies, receivers, search, seeds  # noqa: F401  receivers connect by being imported
        from core import attachment_policies, periodic
        from core.services.dictionary import register
        from owners import call_back_sources

        for name in SERVICES:  # they declare the sentences of the log
            import_module(f"complaints.services.{name}")
        register(*seeds.DICTIONARIES)
        give(seeds.PERMISSIONS)
        attachment_policies.register("complaints.complaint", policies.may_open_attachment)
        revealable.register(
            "complaints.complaint", "phone", permission="owners.reveal_owner", label=_("投诉人电话"), protects="phone"
        )
        call_back_sources.register("complaints.complaint", "complaints:complaint_detail")
        search.register()
        periodic.every("complaints.send_reminders", kind="complaints.send_reminders", seconds=60)
        post_migrate.connect(seed_after_migrate, sender=self)


def seed_after_migrate(using: str = "default", **_options: Any) -> None:
    if using == "default":
        from complaints.seeds import seed_standards

        seed_standards()

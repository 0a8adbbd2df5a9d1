from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

SERVICES = ("answering", "approvals", "closing", "groups", "handling", "intake", "orders", "routing")


class ComplaintsConfig(AppConfig):
    name = "complaints"
    verbose_name = _("投诉建议")

    def ready(self) -> None:
        from importlib import import_module

        from audit import revealable
        from audit.services.seeds import give
        from complaints import policies, seeds
        from core import attachment_policies
        from core.services.dictionary import register

        for name in SERVICES:  # they declare the sentences of the log
            import_module(f"complaints.services.{name}")
        register(*seeds.DICTIONARIES)
        give(seeds.PERMISSIONS)
        attachment_policies.register("complaints.complaint", policies.may_open_attachment)
        revealable.register(
            "complaints.complaint", "phone", permission="owners.reveal_owner", label=_("投诉人电话"), protects="phone"
        )
        post_migrate.connect(seed_after_migrate, sender=self)


def seed_after_migrate(using: str = "default", **_options: Any) -> None:
    if using == "default":
        from complaints.seeds import seed_standards

        seed_standards()

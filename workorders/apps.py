from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class WorkordersConfig(AppConfig):
    name = "workorders"
    verbose_name = _("报修工单")

    def ready(self) -> None:
        from audit import revealable
        from audit.services.seeds import give
        from core import attachment_policies
        from core.services.dictionary import register
        from properties.services.marks import register_rebuilder
        from workorders import policies, search, seeds
        from workorders.services.marks import SOURCE, all_marks

        register(*seeds.DICTIONARIES)
        give(seeds.PERMISSIONS)
        attachment_policies.register("workorders.workorder", policies.may_open_attachment)
        attachment_policies.register("workorders.checkpoint", policies.may_open_check_photo)
        revealable.register(
            "workorders.workorder",
            "reporter_phone",
            permission="owners.reveal_owner",
            label=_("报事人电话"),
            protects="phone",
        )
        register_rebuilder(SOURCE, all_marks)
        search.register()
        post_migrate.connect(seed_after_migrate, sender=self)


def seed_after_migrate(using: str = "default", **_options: Any) -> None:
    """Rules name words of the dictionary, which core may not have seeded yet."""
    if using == "default":
        from core.services import dictionary
        from workorders.seeds import seed_rules

        dictionary.seed()
        seed_rules()

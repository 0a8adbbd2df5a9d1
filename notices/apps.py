from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = _("通知公告")

    def ready(self) -> None:
        from audit.services.seeds import give
        from core import attachment_policies, inbox_ways, periodic
        from core.services.dictionary import register
        from notices import policies, seeds, sources
        from notices.queries.contents import content_of
        from notices.queries.portal import waiting_notices
        from notices.services import staff
        from notices.services.channels import send_text_code
        from owners import code_sender, waiting

        register(*seeds.DICTIONARIES)
        give(seeds.PERMISSIONS)
        attachment_policies.register("notices.notice", policies.may_open_attachment)
        sources.register("notices.notice", content_of)
        code_sender.register(send_text_code)
        inbox_ways.register(ways=staff.ways, job=staff.CARRY)
        waiting.register("notices.notices", waiting_notices)
        periodic.daily("notices.purge_requests", kind="notices.purge_requests", at="03:50")
        periodic.every("notices.keep_schedule", kind="notices.keep_schedule", seconds=60)
        periodic.every("notices.send_deliveries", kind="notices.send_deliveries", seconds=60)
        periodic.every("notices.take_next_channel", kind="notices.take_next_channel", seconds=600)
        post_migrate.connect(seed_after_migrate, sender=self)


def seed_after_migrate(using: str = "default", **_options: Any) -> None:
    """The templates name words of the dictionary, which core may not have seeded yet."""
    if using == "default":
        from core.services import dictionary
        from notices.services.channels import seed_channels
        from notices.services.templates import seed as seed_templates

        dictionary.seed()
        seed_templates()
        seed_channels()

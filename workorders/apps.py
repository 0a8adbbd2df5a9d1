from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

SERVICES = (
    "after", "archiving", "arrivals", "call_backs", "calls", "codes", "concerned", "contractor", "deadlines", "dispatch", "escalations",
    "intake", "materials", "notes", "outages", "pausing", "reporting", "residents", "shifts", "supervision", "work",
)  # fmt: skip


class WorkordersConfig(AppConfig):
    name = "workorders"
    verbose_name = _("报修工单")

    def ready(self) -> None:
        from importlib import import_module

        from audit import revealable
        from audit.services.seeds import give
        from core import attachment_policies, periodic
        from core.calendar import affected
        from core.services.dictionary import register
        from notices import sources
        from notices.channels import templates
        from owners import call_back_sources, timeline_sources, waiting
        from properties.services.marks import register_rebuilder
        from workorders import policies, receivers, search, seeds  # noqa: F401  receivers connect by being imported
        from workorders.queries.affected import affected_deadlines
        from workorders.queries.residents import waiting_orders
        from workorders.queries.spots import waiting_outages
        from workorders.services import call_backs, concerned, messages
        from workorders.services.marks import SOURCE, all_marks

        for name in SERVICES:  # they declare the sentences of the log
            import_module(f"workorders.services.{name}")
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
        # after
        sample = {"community": _("示例花园"), "matter": _("水龙头"), "state": _("已派单"), "time": "2026-11-22 14:00"}
        templates.declare(messages.TEMPLATE, _("工单进度与评价"), sample)
        sources.register(messages.SOURCE, messages.content_of)
        sources.register(concerned.SOURCE, concerned.content_of)
        call_back_sources.register("workorders.workorder", "workorders:workorder_detail", _("打开工单"))
        timeline_sources.register("workorders.workorder", "workorders.view_workorder", "workorders:workorder_detail")
        rework = call_back_sources.Follow(call_backs.REWORK, _("返工"), call_backs.offers_rework)
        call_back_sources.offer("workorders.workorder", rework)
        affected.register(affected_deadlines)
        waiting.register("orders", waiting_orders)
        waiting.register("outages", waiting_outages)
        name = "workorders.send_overdue_reminders"
        periodic.every(name, kind=name, seconds=60)
        periodic.every("workorders.archive_orders", kind="workorders.archive_orders", seconds=600)
        search.register()
        periodic.every("workorders.auto_dispatch", kind="workorders.auto_dispatch", seconds=60)
        post_migrate.connect(seed_after_migrate, sender=self)


def seed_after_migrate(using: str = "default", **_options: Any) -> None:
    """Rules name words of the dictionary, which core may not have seeded yet."""
    if using == "default":
        from core.services import dictionary
        from workorders.seeds import seed_rules

        dictionary.seed()
        seed_rules()

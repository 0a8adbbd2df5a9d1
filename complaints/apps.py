from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

SERVICES = (
    "answering", "approvals", "call_backs", "city", "closing", "deadlines", "disclosing", "escalations", "groups", "handling",
    "improvements", "intake", "low_ratings", "majors", "orders", "partners", "promises", "reporting", "routing", "standards", "supervision",
    "unhappy",
    # talk
    "enquiries", "enquiry_outcomes", "opinions", "replies", "residents", "telling",
)  # fmt: skip


class ComplaintsConfig(AppConfig):
    name = "complaints"
    verbose_name = _("投诉建议")

    def ready(self) -> None:
        from importlib import import_module

        from audit import revealable
        from audit.services.seeds import give
        from complaints import policies, receivers, search, seeds  # noqa: F401  receivers connect by being imported
        from complaints.models import Complaint
        from complaints.queries import affected, origins
        from complaints.services import unhappy
        from core import attachment_policies, closed, periodic
        from core.calendar.affected import register as register_affected
        from core.services.dictionary import register
        from owners import call_back_sources, timeline_sources
        from workorders.origins import register as register_origin

        for name in SERVICES:  # they declare the sentences of the log
            import_module(f"complaints.services.{name}")
        register(*seeds.DICTIONARIES)
        give(seeds.PERMISSIONS)
        attachment_policies.register("complaints.complaint", policies.may_open_attachment)
        revealable.register(
            "complaints.complaint", "phone", permission="owners.reveal_owner", label=_("投诉人电话"), protects="phone"
        )
        call_back_sources.register("complaints.complaint", "complaints:complaint_detail", _("打开投诉"))
        timeline_sources.register("complaints.complaint", "complaints.view_complaint", "complaints:complaint_detail")
        timeline_sources.register("complaints.enquiry", "complaints.view_enquiry", "complaints:enquiry_detail")
        complain = call_back_sources.Follow(unhappy.COMPLAINT, _("转投诉"), unhappy.offers_complaint, place=1)
        call_back_sources.offer("workorders.workorder", complain)
        closed.register("complaints.complaint", unreadable=Complaint.objects.closed_to, about=Complaint.objects.about)
        register_affected(affected.affected_deadlines)
        register_origin(origins.of_orders)
        search.register()
        periodic.every("complaints.send_reminders", kind="complaints.send_reminders", seconds=60)
        self._ready_to_talk()
        post_migrate.connect(seed_after_migrate, sender=self)

    def _ready_to_talk(self) -> None:
        """Conversations, what owners do themselves, public opinion."""
        from audit.services.seeds import give
        from complaints import enquiry_seeds, policies
        from complaints.queries import residents
        from complaints.queries.shifts import unanswered_lines
        from complaints.services import telling
        from core import attachment_policies, periodic
        from core.services.dictionary import register
        from notices import sources
        from notices.channels import templates
        from owners import waiting
        from workorders.queries import shifts

        register(*enquiry_seeds.DICTIONARIES)
        give(enquiry_seeds.PERMISSIONS)
        attachment_policies.register("complaints.enquirymessage", policies.may_open_message_file)
        sample = {"community": _("示例花园"), "matter": _("物业费与停车费"), "time": "2026-11-22 14:00"}
        templates.declare(telling.TEMPLATE, _("咨询有了答复"), sample)
        sources.register(telling.SOURCE, telling.content_of)
        waiting.register("complaints.enquiries", residents.waiting_answers)
        waiting.register("complaints.cases", residents.waiting_judgements)
        shifts.register(shifts.UNANSWERED, unanswered_lines)
        periodic.every("complaints.tell_enquiries", kind="complaints.tell_enquiries", seconds=60)
        periodic.daily("complaints.end_silent_enquiries", kind="complaints.end_silent_enquiries", at="02:20")


def seed_after_migrate(using: str = "default", **_options: Any) -> None:
    if using == "default":
        from complaints import enquiry_seeds
        from complaints.seeds import seed_cities, seed_classes, seed_rules, seed_standards
        from core.services import dictionary

        seed_standards()
        seed_rules()
        seed_cities()
        dictionary.seed()
        seed_classes()
        enquiry_seeds.seed()

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from audit.access import Scope
from core import closed
from core.models.dictionary import DictField
from owners.models.people import Owner
from properties.models import Community, Unit
from properties.scoping import ScopedQuerySet


class ContactWay(models.TextChoices):
    CALL_IN = "call_in", _("来电")
    CALL_OUT = "call_out", _("去电")
    VISIT = "visit", _("上门")
    COUNTER = "counter", _("来访")
    MESSAGE = "message", _("短信或微信")
    EVENT = "event", _("社区活动")


class ContactRecordQuerySet(ScopedQuerySet):
    """What was said about something closed to the reader (core.closed) is closed to him too."""

    def within(self, scope: Scope, user: Any = None) -> Self:
        rows = super().within(scope, user)
        return rows if user is None else closed.without(rows, user, type_field="source_type", id_field="source_id")


class ContactRecord(models.Model):
    """One conversation with a household (沟通记录, R22): call, visit, message, call-back, verification."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="contact_records", verbose_name=_("房屋"))
    owner = models.ForeignKey(
        Owner, models.PROTECT, null=True, blank=True, related_name="contact_records", verbose_name=_("对方")
    )
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", editable=False, verbose_name=_("项目"))
    at = models.DateTimeField(_("时间"))
    way = models.CharField(_("方式"), max_length=10, choices=ContactWay)
    subject = DictField("contact_subject", _("事项"), null=False, blank=False)
    content = models.CharField(_("内容"), max_length=500)
    result = models.CharField(_("结果"), max_length=200, blank=True)
    follow_up_on = models.DateField(_("下次联系"), null=True, blank=True)
    handler = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("经办人"))
    source_type = models.CharField(max_length=60, blank=True)
    source_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = ContactRecordQuerySet.as_manager()
    scope_path = "community"
    scope_building_path = "unit__building"

    class Meta:
        verbose_name = _("联系记录")
        verbose_name_plural = _("联系记录")
        default_permissions = ("view", "add")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["unit", "-at"], name="owners_contact_unit"),
            models.Index(fields=["owner", "-at"], name="owners_contact_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()} {self.subject}"


class TimelineEntry(models.Model):
    """One line of a household's history (动态, R28), written by the service of whichever floor the event belongs to, in its own
    transaction; the household file reads only these rows."""

    class Kind(models.TextChoices):
        FILE = "file", _("档案")
        CONTACT = "contact", _("沟通")
        REPAIR = "repair", _("报修")
        COMPLAINT = "complaint", _("投诉")
        FEE = "fee", _("费用")
        NOTICE = "notice", _("通知")
        SURVEY = "survey", _("问卷")

    # The composite indexes below begin with these two.
    unit = models.ForeignKey(
        Unit, models.CASCADE, null=True, related_name="timeline", db_index=False, verbose_name=_("房屋")
    )
    owner = models.ForeignKey(
        Owner, models.CASCADE, null=True, related_name="timeline", db_index=False, verbose_name=_("住户")
    )
    at = models.DateTimeField(_("时间"), db_default=Now())
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    sentence = models.CharField(_("内容"), max_length=200)
    detail = models.CharField(_("说明"), max_length=300, blank=True)
    source_type = models.CharField(max_length=60, blank=True)
    source_id = models.BigIntegerField(null=True)

    objects = ScopedQuerySet.as_manager()
    scope_path = "unit__community"
    scope_building_path = "unit__building"

    class Meta:
        verbose_name = _("动态")
        verbose_name_plural = _("动态")
        default_permissions = ()
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["unit", "-at", "-id"], name="owners_timeline_unit"),
            models.Index(fields=["owner", "-at", "-id"], name="owners_timeline_owner"),
        ]

    def __str__(self) -> str:
        return self.sentence

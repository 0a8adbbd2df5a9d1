from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from complaints.models.cases import Complaint
from complaints.models.fields import person
from complaints.states import AnswerWay, ApprovalKind, ApprovalStatus
from properties.scoping import ScopedQuerySet
from workorders.models import WorkOrder


class Answer(models.Model):
    """What the customer was told (反馈, R54 step ⑥), in between or at the end. Nothing closes without one that says the result."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="answers", verbose_name=_("投诉建议"))
    at = models.DateTimeField(_("时间"))
    by = person(_("反馈人"))
    way = models.CharField(_("方式"), max_length=8, choices=AnswerWay)
    text = models.TextField(_("告知内容"), max_length=1000)
    reply = models.CharField(_("客户的回应"), max_length=300, blank=True)
    final = models.BooleanField(_("处理结果"), default=False)

    objects = ScopedQuerySet.as_manager()
    scope_path = "complaint__community"
    scope_building_path = "complaint__building"

    class Meta:
        verbose_name = _("反馈记录")
        verbose_name_plural = _("反馈记录")
        default_permissions = ()
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return str(self.get_way_display())


class Progress(models.Model):
    """进展: what was done meanwhile; a major case owes one every 24 hours."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="progress", verbose_name=_("投诉建议"))
    at = models.DateTimeField(_("时间"), db_default=Now())
    by = person(_("填写人"))
    text = models.CharField(_("进展"), max_length=500)

    class Meta:
        verbose_name = _("处理进展")
        verbose_name_plural = _("处理进展")
        default_permissions = ()
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.text


class Approval(models.Model):
    """A plan or a compensation waits for somebody above; nobody approves what he asked for."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="approvals", verbose_name=_("投诉建议"))
    kind = models.CharField(_("事项"), max_length=12, choices=ApprovalKind)
    text = models.TextField(_("内容"), max_length=2000)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2, default=0)
    status = models.CharField(_("状态"), max_length=10, choices=ApprovalStatus, default=ApprovalStatus.PENDING)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("申请人")
    )
    asked_at = models.DateTimeField(_("申请时间"), db_default=Now())
    decided_by = person(_("审批人"))
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    answer = models.CharField(_("审批意见"), max_length=300, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_path = "complaint__community"
    scope_building_path = "complaint__building"
    scope_self_path = "asked_by"

    class Meta:
        verbose_name = _("审批")
        verbose_name_plural = _("审批")
        default_permissions = ()
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "kind"], condition=Q(status="pending"), name="complaints_approval_one_pending",
                violation_error_message=_("已有一份待审批的申请"),
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")), name="complaints_approval_four_eyes",
                violation_error_message=_("不能审批自己的申请"),
            ),
            models.CheckConstraint(
                condition=Q(status="pending", decided_at__isnull=True) | ~Q(status="pending") & Q(decided_at__isnull=False),
                name="complaints_approval_decided",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="complaints_approval_amount"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.get_kind_display())


class ComplaintOrder(models.Model):
    """A work order that came of a complaint, or an order that led to one; the case's clock watches the order's end."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="order_links", verbose_name=_("投诉建议"))
    order = models.OneToOneField(WorkOrder, models.PROTECT, related_name="complaint_link", verbose_name=_("工单"))
    raised = models.BooleanField(_("由投诉转出"), default=True)
    created_at = models.DateTimeField(db_default=Now())
    created_by = person(_("关联人"))

    class Meta:
        verbose_name = _("关联工单")
        verbose_name_plural = _("关联工单")
        default_permissions = ()
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.order)


class Disclosure(models.Model):
    """Personal data given to the developer or a third party so that the case can be put right: to whom, what, why, and what the
    customer said to it (个人信息保护法 第23条)."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="disclosures", verbose_name=_("投诉建议"))
    recipient = models.CharField(_("接收方"), max_length=60)
    contact = models.CharField(_("接收方联系方式"), max_length=60, blank=True)
    fields = models.CharField(_("提供的信息"), max_length=200)
    purpose = models.CharField(_("目的"), max_length=200)
    agreed = models.BooleanField(_("客户已单独同意"))
    agreed_way = models.CharField(_("同意方式"), max_length=60, blank=True)
    at = models.DateTimeField(_("时间"), db_default=Now())
    by = person(_("经办人"))

    class Meta:
        verbose_name = _("信息提供记录")
        verbose_name_plural = _("信息提供记录")
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed=True), name="complaints_disclosure_agreed",
                violation_error_message=_("向其他单位提供个人信息须先取得客户的单独同意"),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.recipient

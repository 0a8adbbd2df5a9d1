"""One business action on one announcement each; the table of states says from where it leads on."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from core.web.forms import ConfirmForm, ReasonForm
from core.web.pages import ActionView
from notices.forms import notices as forms
from notices.models import Notice
from notices.queries import audience
from notices.queries.contents import short_lead
from notices.queries.rows import notice_rows
from notices.services import fallback, files
from notices.services import notices as service
from notices.views.notices import HOME


def before_sending(notice: Notice) -> dict[str, Any]:
    """将发送给 320 户 / 512 人, and what should be thought of first."""
    found = audience.figures(notice)
    words = {"households": f"{found.households:,}", "persons": f"{found.persons:,}"}
    lines = [{"label": now("联系不上的户数"), "value": f"{found.unreachable:,}"}]
    if found.refusing:
        lines.append({"label": now("没有同意营销信息、不发送的人数"), "value": f"{found.refusing:,}"})
    warning = short_lead(notice)
    sentence = now("将发送给 %(households)s 户 / %(persons)s 人。") % words
    return {"consequence": f"{sentence}{warning}", "consequences": lines}


class _Act(ActionView):
    model, breadcrumbs = Notice, HOME
    prepare = staticmethod(notice_rows)
    form_class: Any = ConfirmForm


class NoticeSubmit(_Act):
    permission, title = "notices.change_notice", _("提交审核")
    service = staticmethod(service.submit_notice)
    consequence = staticmethod(before_sending)
    success = _("已提交 %(object)s，等待审核")


class NoticeRecall(_Act):
    permission, title = "notices.change_notice", _("收回修改")
    service = staticmethod(service.recall_notice)
    success = _("已收回 %(object)s，可以修改")


class NoticeApprove(_Act):
    permission, title, form_class = "notices.approve_notice", _("审核通过"), forms.NoteForm
    service = staticmethod(service.approve_notice)
    consequence = staticmethod(before_sending)
    success = _("已审核通过 %(object)s")


class NoticeReject(_Act):
    permission, title, form_class = "notices.approve_notice", _("驳回"), forms.RejectForm
    service, danger = staticmethod(service.reject_notice), True
    success = _("已驳回 %(object)s")


class NoticePublish(_Act):
    permission, title = "notices.publish_notice", _("发布")
    service = staticmethod(service.publish_notice)
    consequence = staticmethod(before_sending)
    success = _("已发布 %(object)s，正在写入送达记录")


class NoticePublishUrgently(_Act):
    permission, title, form_class = "notices.publish_urgent_notice", _("紧急发布"), ReasonForm
    service, danger = staticmethod(service.publish_urgently), True
    consequence = staticmethod(before_sending)
    success = _("已紧急发布 %(object)s")


class NoticeWithdraw(_Act):
    permission, title, form_class = "notices.withdraw_notice", _("撤回"), ReasonForm
    service, danger = staticmethod(service.withdraw_notice), True
    success = _("已撤回 %(object)s")


class NoticePin(_Act):
    permission, title = "notices.publish_notice", _("置顶")
    service = staticmethod(service.pin_notice)
    success = _("已置顶 %(object)s")


class NoticeUnpin(_Act):
    permission, title = "notices.publish_notice", _("取消置顶")
    service = staticmethod(service.unpin_notice)
    success = _("已取消置顶 %(object)s")


class NoticeCorrect(_Act):
    permission, title = "notices.add_notice", _("发更正通知")
    service = staticmethod(service.correct_notice)
    success = _("已起草 %(object)s")


class NoticeDiscard(_Act):
    permission, title = "notices.change_notice", _("删除草稿")
    service, danger = staticmethod(service.discard_notice), True
    success = _("已删除 %(object)s")

    def next_url(self, saved: Any) -> str:
        return reverse("notices:notice_list")


class NoticeAttach(_Act):
    permission, title, form_class = "notices.change_notice", _("上传附件"), forms.AttachForm
    service = staticmethod(files.attach_file)
    submit_label, success = _("上传"), _("已上传附件")


class NoticeResend(_Act):
    permission, title, form_class = "notices.resend_delivery", _("补发给未读住户"), forms.ResendForm
    service = staticmethod(fallback.resend_notice)
    submit_label, success = _("补发"), _("已安排补发")

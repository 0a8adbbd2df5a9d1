"""The seven steps (R54) and what stands beside them, each a dialog or a form over its service."""

from typing import Any

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from complaints.forms import acts as forms
from complaints.forms.intake import ChangeForm
from complaints.queries.closing import call_back_of, endings_for
from complaints.services import (
    answering,
    approvals,
    city,
    closing,
    files,
    handling,
    intake,
    partners,
    routing,
    settling,
)
from complaints.views.base import Act, OfApproval, Page

WORK, ACCEPT, ANSWER = "complaints.work_complaint", "complaints.accept_complaint", "complaints.answer_complaint"
CHANGE, ASSIGN, APPROVE = "complaints.change_complaint", "complaints.assign_complaint", "complaints.approve_complaint"
CLOSE, REOPEN = "complaints.close_complaint", "complaints.reopen_complaint"


# ② ③ judging and assigning
class ComplaintAccept(Act):
    permission, title, form_class = ACCEPT, _("受理判级"), forms.AcceptForm
    service, success = staticmethod(routing.accept_complaint), _("已受理 %(object)s")


class ComplaintSettle(Act):
    permission, title, form_class = ACCEPT, _("当场处理"), forms.SettleForm
    service, success = staticmethod(settling.settle_on_the_spot), _("%(object)s 已当场处理并反馈客户，转回访")
    consequence = staticmethod(
        lambda case: {"consequence": now("按轻微受理、由您接办、反馈客户一次完成；之后由同事回访。")}
    )


class ComplaintAssign(Act):
    permission, title, form_class = ASSIGN, _("派工"), forms.AssignForm
    service, success = staticmethod(routing.assign_complaint), _("已派工 %(object)s")


class ComplaintTake(Act):
    permission, title = WORK, _("自己接办")
    service, success = staticmethod(routing.take_complaint), _("%(object)s 由您处理")


class ComplaintReroute(Act):
    permission, title, form_class = ASSIGN, _("转办"), forms.RerouteForm
    service, success = staticmethod(routing.reroute_complaint), _("已转办 %(object)s，请重新派工")


class ComplaintLevel(Act):
    permission, title, form_class = ACCEPT, _("调整级别"), forms.LevelForm
    service, success = staticmethod(routing.change_level), _("已调整 %(object)s 的级别，时限重新计算")


class ComplaintKnow(Act):
    permission, title = APPROVE, _("确认知悉")
    service, success = staticmethod(routing.acknowledge), _("已确认知悉 %(object)s")


# ④ ⑤ at work
class ComplaintProgress(Page):
    permission, title, form_class = WORK, _("填写进展"), forms.ProgressForm
    service, success = staticmethod(handling.add_progress), _("已填写进展 %(object)s")


class ComplaintPartner(Act):
    permission, title, form_class, submit_label = WORK, _("修改对方答复期限"), forms.PartnerForm, _("保存")
    service, success = staticmethod(partners.change_partner_due), _("已登记 %(object)s 的对方答复期限")


class ComplaintReport(Page):
    permission, title, form_class = WORK, _("责任部门反馈"), forms.ReportForm
    service, success = staticmethod(handling.report_complaint), _("已反馈 %(object)s，请答复客户")
    submit_label, keeps_drafts = _("提交反馈"), True


class ComplaintImprove(Act):
    permission, title, form_class = WORK, _("整改完成"), forms.ImprovementForm
    service, success = staticmethod(handling.finish_improvement), _("已登记整改完成 %(object)s")


class ApprovalAsk(Act):
    permission, title, form_class = WORK, _("提交审批"), forms.ApprovalForm
    service, success = staticmethod(approvals.ask_approval), _("已提交审批 %(object)s")


class ApprovalApprove(OfApproval):
    permission, title, form_class = APPROVE, _("同意"), forms.DecideForm
    success = _("已同意 %(object)s")

    @staticmethod
    def service(row: Any, **values: Any) -> Any:
        return approvals.decide_approval(row, agree=True, **values)


class ApprovalRefuse(OfApproval):
    permission, title, form_class, danger = APPROVE, _("不同意"), forms.RefuseForm, True
    success = _("已退回 %(object)s 的申请")

    @staticmethod
    def service(row: Any, **values: Any) -> Any:
        return approvals.decide_approval(row, agree=False, **values)


class ApprovalWithdraw(OfApproval):
    permission, title = WORK, _("撤回申请")
    service, success = staticmethod(approvals.withdraw_approval), _("已撤回 %(object)s 的申请")


# ⑥ ⑦ answering and ending
class ComplaintTell(Act):
    permission, title, form_class = ANSWER, _("回复客户"), forms.TellForm
    service, success = staticmethod(answering.tell_customer), _("已记录回复 %(object)s")


class ComplaintAnswer(Act):
    permission, title, form_class = ANSWER, _("反馈客户"), forms.AnswerForm
    service, success = staticmethod(answering.answer_complaint), _("已把结果反馈客户 %(object)s")


class ComplaintClose(Act):
    permission, title, form_class = CLOSE, _("关闭"), forms.CloseForm
    service, success = staticmethod(closing.close_complaint), _("已关闭 %(object)s")

    def form(self, obj: Any, data: Any = None, files: Any = None) -> Any:
        endings = endings_for(obj, call_back_of(obj))
        return self.form_class(data, files, user=self.request.user, instance=obj, endings=endings)

    @staticmethod
    def consequence(case: Any) -> dict[str, Any]:
        """The call that is still to be made closes it."""
        if endings_for(case, call_back_of(case)):
            return {}
        return {"blocked": now("还没有回访到客户，请在“回访”里登记结果")}


class ComplaintRedo(Act):
    permission, title, form_class = CLOSE, _("不满意，重新处理"), forms.RedoForm
    service, success = staticmethod(closing.redo_complaint), _("%(object)s 重新处理，办结时限重新起算")


class ComplaintWithdraw(Act):
    permission, title, form_class = "complaints.withdraw_complaint", _("撤诉"), forms.WithdrawForm
    service, success, danger = staticmethod(closing.withdraw_complaint), _("已登记撤诉 %(object)s"), True


class ComplaintReopen(Act):
    permission, title, form_class = REOPEN, _("重启"), forms.ReopenForm
    service, success = staticmethod(closing.reopen_complaint), _("已重启 %(object)s")


# putting right
class ComplaintUpdate(Page):
    permission, title, form_class = CHANGE, _("编辑投诉建议"), ChangeForm
    service, keeps_drafts = staticmethod(intake.change_complaint), True


class ComplaintAttach(Page):
    permission, title, form_class = CHANGE, _("上传附件"), forms.FilesForm
    service, submit_label, success = staticmethod(files.attach_files), _("上传"), _("已上传到 %(object)s")


# 12345
class CitySign(Act):
    permission, title = ACCEPT, _("签收 12345")
    service, success = staticmethod(city.sign_city), _("已签收 %(object)s")


class CityFinish(Act):
    permission, title, form_class = ACCEPT, _("回填 12345"), forms.CityForm
    service, success = staticmethod(city.finish_city), _("已回填 %(object)s")

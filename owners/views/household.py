"""Small forms of the household: family, conversations, attached files."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.models import Attachment
from core.services import attachments
from core.web.access import requires
from core.web.forms import ReasonForm
from owners import policies
from owners.forms import household as forms
from owners.models import FamilyMember, Owner
from owners.services import contacts, household
from owners.views.base import VIEW, ActView, PanelView, came_from
from properties.models import Unit


def add_member(unit: Unit, *, by: Any, owner: Owner, **fields: Any) -> FamilyMember:
    return household.add_family_member(owner, by=by, unit=unit, **fields)


def with_place(rows: Any) -> Any:
    return rows.with_place()


def with_unit(rows: Any) -> Any:
    return rows.select_related("unit__building", "owner", "relation")


class FamilyCreateView(PanelView):
    permission = "owners.add_familymember"
    model = Unit
    title = _("新增家庭成员")
    form_class = forms.FamilyForm
    service = staticmethod(add_member)
    success = _("已新增家庭成员")
    prepare = staticmethod(with_place)


class FamilyUpdateView(PanelView):
    permission = "owners.change_familymember"
    model = FamilyMember
    title = _("修改家庭成员")
    form_class = forms.FamilyChangeForm
    service = staticmethod(household.change_family_member)
    success = _("已修改家庭成员")
    prepare = staticmethod(with_unit)


class FamilyLeaveView(PanelView):
    permission = "owners.change_familymember"
    model = FamilyMember
    title = _("登记迁出")
    form_class = forms.FamilyLeaveForm
    service = staticmethod(household.end_family_member)
    success = _("已登记迁出")
    prepare = staticmethod(with_unit)


class ContactCreateView(PanelView):
    permission = "owners.add_contactrecord"
    model = Unit
    title = _("登记联系")
    form_class = forms.ContactForm
    service = staticmethod(contacts.record_contact)
    submit_label = _("登记")
    success = _("已登记联系记录")
    prepare = staticmethod(with_place)


@requires("owners.add_contactrecord")
def contact_start(request: HttpRequest) -> HttpResponse:
    """登记联系 from the menu: first the household, then the conversation."""
    form = forms.ContactUnitForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        return HttpResponseRedirect(reverse("owners:contact_create", args=[form.cleaned_data["unit"].pk]))
    context = {
        "form": form,
        "title": _now("登记联系"),
        "save_label": _now("下一步"),
        "cancel_url": reverse("owners:owner_list"),
    }
    return render(request, "generic/form.html", context)


def attach_file(unit: Unit, *, by: Any, file: Any) -> Attachment:
    return attachments.store(unit, file, by=by)


class _AttachView(PanelView):
    permission = "owners.change_owner"
    title = _("上传附件")
    form_class = forms.AttachmentForm
    service = staticmethod(attach_file)
    submit_label = _("上传")
    success = _("已上传 %(object)s")


class UnitAttachView(_AttachView):
    model = Unit
    prepare = staticmethod(with_place)

    def next_url(self, saved: Attachment) -> str:
        return f"{reverse('owners:unit_file', args=[self.kwargs['pk']])}?tab=attachments"


class OwnerAttachView(_AttachView):
    model = Owner

    def next_url(self, saved: Attachment) -> str:
        return f"{reverse('owners:owner_file', args=[self.kwargs['pk']])}?tab=attachments"


def removal_consequence(attachment: Attachment) -> dict[str, Any]:
    return {"consequence": _now("文件内容会删除，不能找回；操作日志保留文件名、指纹、操作人和原因。")}


class AttachmentRemoveView(ActView):
    """The address names the file by its uid, as the download does. Whose file it is decides together with the permission."""

    permission = VIEW
    model = Attachment
    title = _("删除附件")
    form_class = ReasonForm
    service = staticmethod(attachments.remove_attachment)
    success = _("已删除 %(object)s")
    danger = True
    consequence = staticmethod(removal_consequence)

    def object(self) -> Attachment:
        found = policies.removable_attachment(self.kwargs["uid"], self.request.user)
        if found is None:
            raise Http404(self.kwargs["uid"])
        return found

    def next_url(self, saved: Attachment) -> str:
        return self.cancel_url(saved)

    def cancel_url(self, obj: Attachment) -> str:
        page = "owner_file" if obj.source_type == Owner._meta.label_lower else "unit_file"
        return came_from(self.request) or f"{reverse(f'owners:{page}', args=[obj.source_id])}?tab=attachments"

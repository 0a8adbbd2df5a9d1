"""Small forms of the household: family, conversations, attached files."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.models import Attachment
from core.services import attachments
from core.web.access import requires
from owners.forms import household as forms
from owners.models import FamilyMember, Owner
from owners.services import contacts, household
from owners.views.base import PanelView
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

"""Pages of people: the list, a new file, changes and the small forms of the person's file."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.querysets import visible
from core.web.filters import FilterSet
from core.web.forms import ConfirmForm, ReasonForm
from core.web.lists import Link, ListView
from core.web.pages import CreateView
from owners import policies
from owners.filters import OwnerFilter
from owners.forms import people as forms
from owners.models import Consent, EmergencyContact, Owner, OwnerPhone, OwnerTag
from owners.queries.duplicates import Candidate, find_duplicates
from owners.queries.lists import listed_owners
from owners.queries.people import holdings_of, phones_of
from owners.services import consents, files, household, phones, portrait
from owners.tables import OwnerTable
from owners.views.base import VIEW, ActView, PanelView
from owners.visibility import Eyes
from properties.models import Unit

GROUP = (_("客户与房产"), "")
LIST = (_("住户档案"), "owners:owner_list")
CHANGE = "owners.change_owner"
NEW = Link(_("新建住户"), "owners:owner_create", "owners.add_owner", icon="plus", primary=True, shortcut="N")


class ReaderListView(ListView):
    """A list whose rows know their reader, who sees names and numbers as his roles allow in each community."""

    @classmethod
    def filtered(cls, user: Any, query: QueryDict, request: HttpRequest | None = None) -> FilterSet:
        rows: Any = visible(cls.model, user, cls.permission)
        return cls.filterset(query, queryset=rows.read_by(user), request=request, user=user)


class OwnerListView(ReaderListView):
    model = Owner
    permission = VIEW
    title = _("住户档案")
    list_name = "owners:owner_list"
    table = OwnerTable
    filterset = OwnerFilter
    prepare = staticmethod(listed_owners)
    plain_values = staticmethod(policies.plain_reader)
    export_permission = "owners.export_owner"
    breadcrumbs = (GROUP,)
    page_actions = (
        Link(_("导入"), "owners:import_start", "owners.import_owner", icon="file-import"),
        NEW,
    )
    empty_sentence = _("还没有住户档案。新建一位，或从 Excel 导入")
    template_name = "owners/owner_list.html"


class OwnerCreateView(CreateView):
    """A new file; whoever may be the same person is shown side by side first (R29)."""

    permission = "owners.add_owner"
    model = Owner
    title = _("新建住户")
    breadcrumbs = (LIST,)
    form_class = forms.OwnerCreateForm
    template_name = "owners/owner_create.html"
    submit_label = _("建立档案")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form: Any = self.form(None, request.POST)
        if "confirm" not in request.POST and form.is_valid():
            found = self.candidates(form)
            if found:
                compare(form, found, request.user, unit=form.cleaned_data["unit"], use_url=self.use_url)
                return self.page(form, None)
        return super().post(request, **kwargs)

    def candidates(self, form: Any) -> list[Candidate]:
        values = form.cleaned_data
        return find_duplicates(
            user=self.request.user,
            name=values["name"],
            phones=form.phones(),
            id_number=values["id_number"],
            building_id=values["unit"].building_id,
        )

    def run(self, obj: None, values: dict[str, Any]) -> Owner:
        return files.create_owner(by=self.request.user, **forms.creation(values))

    @staticmethod
    def use_url(owner: Owner, values: dict[str, Any]) -> str:
        prefilled = {"unit": values["unit"].pk, "role": values["role"], "start": values["start"].isoformat()}
        return f"{reverse('owners:owner_tenure_create', args=[owner.pk])}?{urlencode(prefilled)}"


def compare(
    form: Any, found: list[Candidate], user: Any, *, unit: Unit, use_url: Callable[[Owner, dict[str, Any]], str]
) -> None:
    """Puts who may be the same beside what was typed. `use_url` leads to the form that takes the known person instead."""
    form.candidates = [_column(item, user, lambda owner: use_url(owner, form.cleaned_data)) for item in found]
    form.blocked = any(item.is_certain for item in found)
    form.place = unit.label


def _column(candidate: Candidate, user: Any, use_url: Callable[[Owner], str]) -> dict[str, Any]:
    """One row of the comparison. A person out of scope shows nothing but that he exists."""
    owner = candidate.owner
    if owner is None:
        return {"reason": candidate.reason, "outside": True}
    eyes = Eyes(user)
    holdings, outside = holdings_of(owner, user)
    return {
        "reason": candidate.reason,
        "owner": owner,
        "name": eyes.owner_name(owner),
        "phones": phones_of(owner, eyes),
        "id": eyes.sees("id", owner.id_number, owner.community_ids),
        "holdings": [row for row in holdings if row.is_current][:3],
        "more": outside,
        "use_url": use_url(owner),
    }


class OwnerUpdateView(PanelView):
    permission = CHANGE
    model = Owner
    title = _("编辑住户")
    form_class = forms.OwnerUpdateForm
    service = staticmethod(files.change_owner)
    template_name = "generic/form.html"


class OwnerDisableView(ActView):
    permission = "owners.disable_owner"
    model = Owner
    title = _("停用档案")
    form_class = ReasonForm
    service = staticmethod(files.disable_owner)
    success = _("已停用 %(object)s")
    danger = True
    consequence = staticmethod(policies.disable_consequence)


class OwnerRestoreView(ActView):
    permission = "owners.disable_owner"
    model = Owner
    title = _("恢复档案")
    form_class = ConfirmForm
    service = staticmethod(files.restore_owner)
    success = _("已恢复 %(object)s")


class PhoneCreateView(PanelView):
    permission = CHANGE
    model = Owner
    title = _("新增电话")
    form_class = forms.PhoneForm
    service = staticmethod(phones.add_phone)
    success = _("已新增电话")


class PhoneUpdateView(PanelView):
    permission = CHANGE
    model = OwnerPhone
    title = _("变更电话")
    form_class = forms.PhoneChangeForm
    service = staticmethod(phones.change_phone)
    success = _("已变更电话")


class PhonePreferView(ActView):
    permission = CHANGE
    model = OwnerPhone
    title = _("设为首选电话")
    form_class = ConfirmForm
    service = staticmethod(phones.prefer_phone)
    success = _("已更换首选电话")


class PhoneRemoveView(ActView):
    permission = CHANGE
    model = OwnerPhone
    title = _("删除电话")
    form_class = ConfirmForm
    service = staticmethod(phones.remove_phone)
    success = _("已删除电话")
    danger = True


class EmergencyCreateView(PanelView):
    permission = CHANGE
    model = Owner
    title = _("新增紧急联系人")
    form_class = forms.EmergencyForm
    service = staticmethod(household.add_emergency_contact)
    success = _("已新增紧急联系人")


class EmergencyUpdateView(PanelView):
    permission = CHANGE
    model = EmergencyContact
    title = _("修改紧急联系人")
    form_class = forms.EmergencyForm
    service = staticmethod(household.change_emergency_contact)
    success = _("已修改紧急联系人")


class EmergencyRemoveView(ActView):
    permission = CHANGE
    model = EmergencyContact
    title = _("删除紧急联系人")
    form_class = ConfirmForm
    service = staticmethod(household.remove_emergency_contact)
    success = _("已删除紧急联系人")
    danger = True


class TagCreateView(PanelView):
    permission = "owners.add_ownertag"
    model = Owner
    title = _("添加标签")
    form_class = forms.TagForm
    service = staticmethod(portrait.add_tag)
    success = _("已添加标签")


class TagRemoveView(ActView):
    permission = "owners.change_ownertag"
    model = OwnerTag
    title = _("移除标签")
    form_class = ConfirmForm
    service = staticmethod(portrait.remove_tag)
    success = _("已移除标签")
    prepare = staticmethod(lambda rows: rows.select_related("tag", "owner"))


class PreferenceUpdateView(PanelView):
    permission = CHANGE
    model = Owner
    title = _("联系与服务偏好")
    form_class = forms.PreferenceForm
    service = staticmethod(portrait.change_preferences)
    success = _("已保存偏好")


class KeeperUpdateView(PanelView):
    permission = CHANGE
    model = Owner
    title = _("更换档案责任人")
    form_class = forms.KeeperForm
    service = staticmethod(portrait.change_keeper)
    success = _("已更换责任人")


class OwnerVerifyView(PanelView):
    permission = CHANGE
    model = Owner
    title = _("登记核验")
    form_class = forms.VerifyForm
    service = staticmethod(portrait.verify_owner)
    success = _("已登记核验")


class ConsentCreateView(PanelView):
    permission = "owners.add_consent"
    model = Owner
    title = _("登记同意")
    form_class = forms.ConsentForm
    service = staticmethod(consents.give_consent)
    success = _("已登记同意")


class ConsentWithdrawView(ActView):
    permission = "owners.change_consent"
    model = Consent
    title = _("撤回同意")
    form_class = forms.WithdrawForm
    service = staticmethod(consents.withdraw_consent)
    success = _("已撤回同意")

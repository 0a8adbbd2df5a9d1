"""Pages of the relations between people and units."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from core.web.lists import Tab
from owners import policies
from owners.filters import TenureFilter
from owners.forms import household as forms
from owners.models import Owner, Tenure
from owners.queries.duplicates import find_duplicates
from owners.queries.lists import tenure_rows
from owners.services import handover, tenures
from owners.tables import TenureTable
from owners.views.base import VIEW, PanelView, came_from
from owners.views.people import GROUP, NEW, ReaderListView, compare
from properties.models import Unit


class TenureListView(ReaderListView):
    model = Tenure
    permission = "owners.view_tenure"
    title = _("人房关系")
    list_name = "owners:tenure_list"
    table = TenureTable
    filterset = TenureFilter
    prepare = staticmethod(tenure_rows)
    plain_values = staticmethod(policies.plain_reader)
    export_permission = "owners.export_tenure"
    tabs = (Tab(_("全部")), Tab(_("在册"), "state=current"), Tab(_("已终止"), "state=ended"))
    breadcrumbs = (GROUP,)
    page_actions = (NEW,)
    empty_sentence = _("还没有人房关系")


def start_at_unit(unit: Unit, *, by: Any, owner: Owner, **fields: Any) -> Tenure:
    return tenures.start_tenure(owner, by=by, unit=unit, **fields)


class UnitTenureCreateView(PanelView):
    """From the household file: somebody who has a file moves in."""

    permission = "owners.add_tenure"
    model = Unit
    title = _("添加住户")
    form_class = forms.UnitTenureForm
    service = staticmethod(start_at_unit)
    success = _("已登记 %(object)s")
    prepare = staticmethod(lambda rows: rows.with_place())


class OwnerTenureCreateView(PanelView):
    """From the person's file, or instead of a second file for the same person."""

    permission = "owners.add_tenure"
    scope_permission = VIEW
    model = Owner
    title = _("登记房屋")
    form_class = forms.OwnerTenureForm
    service = staticmethod(tenures.start_tenure)
    success = _("已登记 %(object)s")


def with_people(rows: Any) -> Any:
    return rows.select_related("unit__building", "owner")


class TenureUpdateView(PanelView):
    permission = "owners.change_tenure"
    model = Tenure
    title = _("修改人房关系")
    form_class = forms.TenureChangeForm
    service = staticmethod(tenures.change_tenure)
    prepare = staticmethod(with_people)


class TenureEndView(PanelView):
    permission = "owners.end_tenure"
    model = Tenure
    title = _("终止关系")
    form_class = forms.TenureEndForm
    service = staticmethod(tenures.end_tenure)
    submit_label = _("终止")
    success = _("已终止 %(object)s")
    prepare = staticmethod(with_people)


def replacement(values: dict[str, Any]) -> dict[str, Any]:
    """The form's flat values as hand_over() takes them."""
    rest = {name: value for name, value in values.items() if name not in forms.TenureReplaceForm.person_fields}
    return rest if values.get("owner") else rest | {"person": forms.new_person(values)}


class TenureReplaceView(PanelView):
    """原住户止于前一天，新住户次日起. A new person is compared with the files there are before he gets his own (R29)."""

    permission = "owners.end_tenure"
    model = Tenure
    title = _("更换住户")
    form_class = forms.TenureReplaceForm
    service = staticmethod(handover.hand_over)
    submit_label = _("确认更换")
    template_name = "owners/tenure_replace.html"
    success = _("已登记 %(object)s")
    prepare = staticmethod(with_people)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        tenure = self.object()
        form: Any = self.form(tenure, request.POST)
        if "confirm" not in request.POST and form.is_valid() and not form.cleaned_data["owner"]:
            person = forms.new_person(form.cleaned_data)
            found = find_duplicates(
                user=request.user,
                name=person["name"],
                phones=[row["number"] for row in person["phones"]],
                id_number=person.get("id_number", ""),
                building_id=tenure.unit.building_id,
            )
            if found:
                compare(form, found, request.user, unit=tenure.unit, use_url=self.use_url)
                return self.page(form, tenure)
        return super().post(request, **kwargs)

    def use_url(self, owner: Owner, values: dict[str, Any]) -> str:
        """The same page with the known person chosen and the rest as it was."""
        kept = {"owner": owner.pk, "start": values["start"].isoformat(), "end_reason": values["end_reason"].pk}
        kept |= {name: values[name] for name in ("share", "remark") if values[name]}
        back = came_from(self.request)
        return f"{self.request.path}?{urlencode(kept | ({'next': back} if back else {}))}"

    def run(self, obj: Any, values: dict[str, Any]) -> Any:
        return super().run(obj, replacement(values))

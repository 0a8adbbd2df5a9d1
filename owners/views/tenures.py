"""Pages of the relations between people and units."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.web.lists import Link, Tab
from owners import policies
from owners.filters import TenureFilter
from owners.forms import household as forms
from owners.models import Owner, Tenure
from owners.queries.lists import tenure_rows
from owners.services import tenures
from owners.tables import TenureTable
from owners.views.base import VIEW, PanelView
from owners.views.people import ReaderListView
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
    page_actions = (Link(_("新建住户"), "owners:owner_create", "owners.add_owner", icon="plus", primary=True),)
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


class TenureReplaceView(PanelView):
    """原住户止于前一天，新住户次日起."""

    permission = "owners.end_tenure"
    model = Tenure
    title = _("更换住户")
    form_class = forms.TenureReplaceForm
    service = staticmethod(tenures.replace_tenure)
    submit_label = _("确认更换")
    success = _("已登记 %(object)s")
    prepare = staticmethod(with_people)

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.web.forms import ConfirmForm, ReasonForm
from core.web.lists import Link, ListView
from core.web.pages import ActionView, DetailView, UpdateView
from properties import filters, forms, queries, tables
from properties.models import Team
from properties.services import teams
from properties.views.actions import edit, stop_or_restore
from properties.views.here import CreateHere
from properties.views.stopping import on_restoring, on_stopping

GROUP = (gettext_lazy("客户与房产"), "")
HOME = (GROUP, (gettext_lazy("班组"), "properties:team_list"))


class TeamList(ListView):
    model, permission = Team, "properties.view_team"
    title, list_name = gettext_lazy("班组"), "properties:team_list"
    table, filterset = tables.TeamTable, filters.TeamFilter
    prepare, default_order = staticmethod(queries.team_rows), ("community__code", "name")
    breadcrumbs = (GROUP,)
    page_actions = (Link(gettext_lazy("新增班组"), "properties:team_create", "properties.add_team", "plus", True, "N"),)
    export_permission = "properties.export_team"
    empty_sentence = gettext_lazy("还没有班组")


def team_facts(team: Team, user: Any) -> dict[str, Any]:
    rows = [
        {"label": _("项目"), "value": team.community},
        {"label": _("类型"), "value": team.team_type},
        {"label": _("班长"), "value": team.leader},
        {"label": _("班组电话"), "value": team.phone},
    ]
    acts = stop_or_restore(team, user) + edit(team, user, primary=True)
    members = team.members.order_by("display_name")
    return {"facts": [{"heading": _("班组信息"), "rows": rows}], "members": members, "page_actions": acts}


class TeamDetail(DetailView):
    model, permission = Team, "properties.view_team"
    template_name = "properties/team_detail.html"
    prepare = staticmethod(queries.team_rows)
    facts, breadcrumbs = staticmethod(team_facts), HOME


class TeamCreate(CreateHere):
    model, permission = Team, "properties.add_team"
    form_class = forms.TeamForm
    service = staticmethod(teams.create_team)
    title, breadcrumbs = gettext_lazy("新增班组"), HOME


class TeamUpdate(UpdateView):
    model, permission = Team, "properties.change_team"
    form_class = forms.TeamChangeForm
    service = staticmethod(teams.change_team)
    title, breadcrumbs = gettext_lazy("修改班组"), HOME


class TeamDisable(ActionView):
    model, permission = Team, "properties.disable_team"
    form_class = ReasonForm
    service = staticmethod(teams.disable_team)
    consequence = staticmethod(on_stopping(gettext_lazy("停用后不再参与派工和选择。")))
    title, breadcrumbs, danger = gettext_lazy("停用"), HOME, True
    success = gettext_lazy("已停用 %(object)s")


class TeamRestore(ActionView):
    model, permission = Team, "properties.disable_team"
    form_class = ConfirmForm
    service = staticmethod(teams.restore_team)
    consequence = staticmethod(on_restoring)
    title, breadcrumbs = gettext_lazy("恢复"), HOME
    success = gettext_lazy("已恢复 %(object)s")

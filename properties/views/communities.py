from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.templatetags.mulin import area, day
from core.web.forms import ConfirmForm, ReasonForm
from core.web.lists import Link, ListView
from core.web.pages import ActionView, CreateView, DetailView, UpdateView
from properties import filters, forms, queries, tables
from properties.models import Community
from properties.policies import ADD_COMMUNITY, can_add_building, can_add_community, reaches
from properties.queries.calendars import calendar_of
from properties.services import communities
from properties.views.actions import edit, stop_or_restore
from properties.views.stopping import on_restoring, on_stopping

GROUP = (gettext_lazy("客户与房产"), "")
HOME = (GROUP, (gettext_lazy("项目"), "properties:community_list"))


class CommunityList(ListView):
    model, permission = Community, "properties.view_community"
    title, list_name = gettext_lazy("项目"), "properties:community_list"
    table, filterset = tables.CommunityTable, filters.CommunityFilter
    prepare, default_order = staticmethod(queries.community_rows), ("code",)
    breadcrumbs = (GROUP,)
    page_actions = (
        Link(
            gettext_lazy("新增项目"),
            "properties:community_create",
            ADD_COMMUNITY,
            "plus",
            True,
            "N",
            allowed_for=can_add_community,
        ),
    )
    export_permission = "properties.export_community"
    empty_sentence = gettext_lazy("还没有项目")


def community_facts(community: Community, user: Any) -> dict[str, Any]:
    sums = queries.community_sums(community)
    units_url = (
        f"{reverse('properties:unit_list')}?community={community.pk}" if user.has_perm("properties.view_unit") else ""
    )
    place = "".join([community.province, community.city, community.district, community.address])
    return {
        "facts": [
            {
                "heading": _("项目信息"),
                "rows": [
                    {"label": _("编码"), "value": community.code},
                    {"label": _("简称"), "value": community.short_name},
                    {"label": _("所属组织"), "value": " / ".join(queries.names_above(community))},
                    {"label": _("地址"), "value": place},
                    {"label": _("客服电话"), "value": community.service_phone},
                    {"label": _("建设单位"), "value": community.developer},
                    {"label": _("竣工验收"), "value": day(community.completed_on)},
                    {"label": _("接管日期"), "value": day(community.taken_over_on)},
                    {"label": _("占地面积"), "value": _with_unit(community.land_area)},
                    {"label": _("建筑面积"), "value": _with_unit(community.built_area)},
                    {"label": _("工作日历"), "value": _calendar(community, user)},
                    {"label": _("备注"), "value": community.remark},
                ],
            }
        ],
        "figures": [
            {"label": _("楼栋"), "value": sums["buildings"], "unit": _("栋")},
            {
                "label": _("房产"),
                "value": f"{sums['units']:,}",
                "unit": _("套"),
                "url": units_url and f"{units_url}&status=active",
            },
            {"label": _("其中车位与储物间"), "value": f"{sums['spaces']:,}", "unit": _("个")},
            {
                "label": _("已交付"),
                "value": f"{sums['delivered']:,}",
                "unit": _("套"),
                "url": units_url and f"{units_url}&delivery_status=delivered&status=active",
            },
            {
                "label": _("空置"),
                "value": f"{sums['vacant']:,}",
                "unit": _("套"),
                "url": units_url and f"{units_url}&usage=vacant&status=active",
            },
        ],
        "buildings": queries.building_cards(community, user),
        "may_add": community.disabled_at is None and can_add_building(user, community),
        "page_actions": _acts(community, user),
    }


def _calendar(community: Community, user: Any) -> SafeString:
    """Its name, a link for those who may look at it, and the hours of its week."""
    calendar = calendar_of(community)
    name: Any = calendar.name
    if user.has_perm("core.view_workcalendar"):
        name = format_html('<a href="{}">{}</a>', calendar.get_absolute_url(), calendar.name)
    own = "" if community.work_calendar_id else _("（默认）")
    return format_html('{}{}<br><span class="t-meta">{}</span>', name, own, calendar.week_words)


def _with_unit(value: Any) -> str:
    return f"{area(value)} ㎡" if value is not None else ""


def _acts(community: Community, user: Any) -> list[dict[str, Any]]:
    acts = []
    if reaches(user, "properties.view_building", community):
        acts.append(
            {
                "label": _("房态图"),
                "icon": "layout-grid",
                "url": f"{reverse('properties:overview')}?community={community.pk}",
            }
        )
    return acts + stop_or_restore(community, user) + edit(community, user, primary=True)


class CommunityDetail(DetailView):
    model, permission = Community, "properties.view_community"
    template_name = "properties/community_detail.html"
    facts, breadcrumbs = staticmethod(community_facts), HOME


class CommunityCreate(CreateView):
    model, permission = Community, "properties.add_community"
    form_class = forms.CommunityForm
    service = staticmethod(communities.create_community)
    title, breadcrumbs = gettext_lazy("新增项目"), HOME


class CommunityUpdate(UpdateView):
    model, permission = Community, "properties.change_community"
    form_class = forms.CommunityForm
    service = staticmethod(communities.change_community)
    title, breadcrumbs = gettext_lazy("修改项目"), HOME
    template_name = "core/previewed_form.html"


class CommunityDisable(ActionView):
    model, permission = Community, "properties.disable_community"
    form_class = ReasonForm
    service = staticmethod(communities.disable_community)
    consequence = staticmethod(on_stopping(gettext_lazy("停用后不再出现在项目切换里，也不能再登记新资料。")))
    title, breadcrumbs, danger = gettext_lazy("停用"), HOME, True
    success = gettext_lazy("已停用 %(object)s")


class CommunityRestore(ActionView):
    model, permission = Community, "properties.disable_community"
    form_class = ConfirmForm
    service = staticmethod(communities.restore_community)
    consequence = staticmethod(on_restoring)
    title, breadcrumbs = gettext_lazy("恢复"), HOME
    success = gettext_lazy("已恢复 %(object)s")

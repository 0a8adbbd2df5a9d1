"""交接班: the list, what is handed over, and the two signatures."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.web.access import requires, user_of
from core.web.lists import Link, ListView, crumbs
from core.web.pages import ActionView, CreateView
from properties.current import communities_in_reach, current_community
from workorders import filters, tables
from workorders.forms import shifts as forms
from workorders.models import Handover
from workorders.queries import shifts as rows
from workorders.services import shifts as service

VIEW, SIGN = "workorders.view_handover", "workorders.sign_handover"
GROUP = (_("服务"), "")
LIST = (GROUP, (_("交接班"), "workorders:handover_list"))


def joined(found: Any) -> Any:
    return found.select_related("community", "given_by", "taken_by")


class HandoverList(ListView):
    model, permission = Handover, VIEW
    title, list_name = _("交接班"), "workorders:handover_list"
    table, filterset = tables.HandoverTable, filters.HandoverFilter
    prepare, default_order = staticmethod(joined), ("-pk",)
    breadcrumbs = (GROUP,)
    page_actions = (Link(_("交班"), "workorders:handover_create", SIGN, "arrows-exchange", True, "N"),)
    export_permission = "workorders.export_workorder"
    empty_sentence = _("还没有交接班")


class HandoverCreate(CreateView):
    """The giver reads what he is about to sign: it is written down as it stands when he presses."""

    model, permission = Handover, SIGN
    form_class, service = forms.GiveForm, staticmethod(service.hand_over)
    title, breadcrumbs, submit_label = _("交班"), LIST, _("签字交班")
    success = _("已交班，等接班的同事确认")
    template_name = "workorders/handover_create.html"
    keeps_drafts = False

    def initial(self) -> dict[str, Any]:
        here = self.here()
        return ({"community": here.pk} if here else {}) | super().initial()

    def here(self) -> Any:
        """The community asked for, else the one one works in, else the only one."""
        mine = communities_in_reach(self.request.user, SIGN)
        asked = self.request.POST.get("community") or self.request.GET.get("community", "")
        current = current_community(self.request)
        wanted = asked or (str(current.pk) if current else "")
        return next((row for row in mine if str(row.pk) == wanted), mine[0] if len(mine) == 1 else None)

    def page(self, form: Any, obj: Any, draft: Any = None) -> HttpResponse:
        here, user, moment = self.here(), self.request.user, timezone.now()
        context = {
            "form": form, "title": self.title, "breadcrumbs": self.crumbs(self.title), "save_label": self.submit_label,
            "cancel_url": reverse("workorders:handover_list"), "here": here,
            "communities": communities_in_reach(user, SIGN),
        }  # fmt: skip
        if here is not None:
            since = rows.since_when(here, moment)
            context |= {"groups": rows.groups_of(rows.contents(user, here, moment)), "since": since}
            context |= rows.figures(here, since, moment)
        return render(self.request, self.template_name, context)


@require_safe
@requires(VIEW)
def handover_detail(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    found = get_object_or_404(joined(Handover.objects.visible_to(user, VIEW)), pk=pk)
    may_take = found.taken_at is None and found.given_by_id != user.pk and user.has_perm(SIGN)
    action = {
        "label": now("确认接班"), "icon": "check", "url": reverse("workorders:handover_take", args=[pk]), "dialog": True,
        "primary": True,
    }  # fmt: skip
    context = {
        "handover": found, "groups": rows.groups_of(found.lines), "title": str(found),
        "breadcrumbs": crumbs(LIST, str(found)), "page_actions": [action] if may_take else [],
    }  # fmt: skip
    return render(request, "workorders/handover_detail.html", context)


class HandoverTake(ActionView):
    model, permission = Handover, SIGN
    form_class, service = forms.TakeForm, staticmethod(service.take_over)
    prepare = staticmethod(joined)
    title, breadcrumbs, submit_label = _("确认接班"), LIST, _("签字接班")
    success = _("已接班：%(object)s")

"""One act on many orders ticked in the list: the question with what will be left out, the act, then what was left out and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.web.access import requires
from core.web.lists import crumbs, ids_of
from workorders.forms.outages import LinkManyForm
from workorders.models import WorkOrder
from workorders.services.outages import cannot_link, link_orders
from workorders.views.orders import CHANGE, HOME, WorkOrderList

# More at once is no choosing any more: nobody looks at them.
MOST = 200
Skipped = Sequence[tuple[WorkOrder, str]]


def chosen_orders(request: HttpRequest, permission: str) -> Any:
    """The rows that the list's bulk bar or the board names, as far as the person holds the permission for them."""
    rows = WorkOrder.objects.visible_to(request.user, permission)
    if request.POST.get("all"):
        shown = WorkOrderList.filtered(request.user, QueryDict(request.POST.get("filter", ""))).qs
        rows = rows.filter(pk__in=shown.order_by().values("pk"))
    else:
        rows = rows.filter(pk__in=ids_of(request.POST.getlist("ids")))
    return rows.select_related("community", "kind", "assignee", "team").order_by("next_due_at", "pk")


def list_url(request: HttpRequest) -> str:
    return f"{reverse('workorders:workorder_list')}?{request.POST.get('filter', '')}"


@dataclass(frozen=True)
class Question:
    """`act` is what is done ("派出"), in the words of the button; `why` tells why an order is left out, "" when it goes."""

    title: str
    act: str
    foot_note: str
    why: Callable[[WorkOrder], str]

    def page(
        self, request: HttpRequest, *, form: Any, orders: Sequence[WorkOrder], total: int, back: str
    ) -> HttpResponse:
        rows = [(order, self.why(order)) for order in orders]
        ready = sum(not why for _order, why in rows)
        words = {"act": self.act, "n": f"{total:,}", "ready": f"{ready:,}"}
        kept = [(name, value) for name in ("ids", "all", "filter", "back") for value in request.POST.getlist(name)]
        context = {
            "title": self.title, "breadcrumbs": crumbs(HOME, self.title), "form": form, "rows": rows, "total": total,
            "most": MOST, "across": len({order.community_id for order in orders}) > 1, "ready": ready,
            "hidden": [*kept, ("confirm", "1")], "back_url": back, "foot_note": self.foot_note,
            "asked": _("所选 %(n)s 单，可%(act)s %(ready)s 单") % words, "act_label": _("%(act)s %(ready)s 单") % words,
        }  # fmt: skip
        return render(request, "workorders/many.html", context)


def outcome(
    request: HttpRequest, title: Any, parents: Any, *, sentence: str, skipped: Skipped, back: str
) -> HttpResponse:
    """A toast when all went, a page when some did not."""
    if not skipped:
        messages.success(request, sentence)
        return HttpResponseRedirect(back)
    context = {"title": title, "breadcrumbs": crumbs(parents, title), "sentence": sentence, "skipped": skipped}
    return render(request, "workorders/many_outcome.html", context | {"back_url": back})


@requires(CHANGE)
@require_POST
def workorder_outage_many(request: HttpRequest) -> HttpResponse:
    """The ticked orders belong to one outage."""
    title, back, rows = _("批量关联已知故障"), list_url(request), chosen_orders(request, CHANGE)
    total = rows.count()
    orders = list(rows[:MOST])
    confirmed = "confirm" in request.POST
    form = LinkManyForm(request.POST if confirmed else None, user=request.user, orders=orders)
    if confirmed and 0 < total <= MOST and form.is_valid():
        outage = form.cleaned_data["outage"]
        done = link_orders(orders, by=request.user, outage=outage)
        sentence = _("%(count)d 单已关联“%(outage)s”") % {"count": len(done.linked), "outage": outage}
        return outcome(request, title, HOME, sentence=sentence, skipped=done.skipped, back=back)
    question = Question(title, _("关联"), _("每单记一次来电；关联不了的会列出原因"), cannot_link)
    return question.page(request, form=form, orders=orders, total=total, back=back)

"""The call-centre screen pop and 来电登记: a number in, the household open. The number is posted, it stands in no address."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from core import log, rate_limit
from core.errors import BadValue
from core.masking import mask_phone
from core.services import drafts
from core.web.access import requires
from owners.queries.lookup import VIEW, Calling, calling

LOOKED_UP = log.declare(
    "owners.owner.looked_up", gettext_lazy("按来电号码查找住户"), personal={"phone": mask_phone}, sensitive=True
)
PER_MINUTE = 60


@sensitive_post_parameters("phone")
@require_http_methods(["GET", "HEAD", "POST"])
@requires(VIEW)
def lookup(request: HttpRequest) -> HttpResponse:
    """GET shows the form, which static/js/lookup.js fills from `#phone=…` and sends. POST opens the household when there is one,
    and lets choose or open a new file otherwise."""
    if request.method != "POST":
        return _page(request, {})
    rate_limit.require(f"lookup:{request.user.pk}", capacity=PER_MINUTE, seconds=60, sentence=_("查找太频繁"))
    try:
        found = calling(request.user, request.POST.get("phone", ""))
    except BadValue as error:
        return _page(request, {"error": error, "typed": request.POST.get("phone", "")[:40]})
    _record(request.user, found)
    if found.unit is not None:
        return HttpResponseRedirect(reverse("owners:unit_file", args=[found.unit.pk]))
    may_add = request.user.has_perm("owners.add_owner") and len(found.number) > 4
    return _page(
        request, {"found": found, "number": mask_phone(found.number), "typed": found.number, "may_add": may_add}
    )


def _record(user: Any, found: Calling) -> None:
    """One entry a look-up, on the person's file when it is clear who called."""
    owner = found.callers[0].owner if len(found.callers) == 1 else None
    community_id = found.unit.community_id if found.unit else None
    changes = {"phone": found.number, "found": len(found.callers)}
    with transaction.atomic():
        log.record(LOOKED_UP, owner, by=user, changes=changes, community_id=community_id)


def _page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    in_dialog = bool(request.headers.get("HX-Request"))
    template = "owners/_lookup_dialog.html" if in_dialog else "owners/lookup.html"
    return render(request, template, {"title": _("来电登记"), "as_page": not in_dialog, **context})


@sensitive_post_parameters("phone")
@require_POST
@requires("owners.add_owner")
def lookup_create(request: HttpRequest) -> HttpResponse:
    """新建住户 with the caller's number filled in: handed over as an encrypted form draft, not in the address."""
    path = reverse("owners:owner_create")
    fields = QueryDict(mutable=True)
    fields["phone"] = request.POST.get("phone", "")[:40]
    drafts.save_draft(request.user, path, _("来电登记"), fields)
    return HttpResponseRedirect(f"{path}?draft")

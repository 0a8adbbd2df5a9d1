"""A masked value in full: GET asks for the purpose, POST shows it. The value is never in an address, a title or a whole page."""

from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit import revealable
from audit.services import reveal as service
from core.errors import BusinessError
from core.web.access import signed_in

SECONDS = 30


@signed_in
@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, model: str, pk: int, field: str) -> HttpResponse:
    item = revealable.find(model, field)
    if item is None:
        raise Http404
    if not service.may_ask(request.user, item):
        raise PermissionDenied(item.permission)
    rows = apps.get_model(model)._default_manager.visible_to(request.user, item.permission)
    obj = get_object_or_404(rows, pk=pk)
    if not service.may_reveal(request.user, item, obj):
        raise PermissionDenied(item.permission)
    if request.method == "POST":
        try:
            value = service.reveal(obj, field, by=request.user, purpose=request.POST.get("purpose", ""))
        except BusinessError as error:
            return panel(request, item, error)
        return render(request, "components/_revealed.html", {"value": value, "seconds": SECONDS})
    return panel(request, item)


def panel(request: HttpRequest, item: revealable.Revealable, error: BusinessError | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "heading": _("查看完整%(label)s") % {"label": item.label},
        "post_url": request.path,
        "purposes": service.Purpose.choices,
        "left": service.left_today(request.user),
        "seconds": SECONDS,
        "error": f"{error.sentence}{f'（{error.fix}）' if error.fix else ''}" if error else "",
    }
    return render(request, "components/_reveal_panel.html", context)

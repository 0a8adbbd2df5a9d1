"""From a list's name (its URL name) back to its view, for what works on any list: saved views, columns, export."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from core.web.access import ANYONE_SIGNED_IN
from core.web.lists import ListView


def list_view(list_name: str, user: Any) -> type[ListView]:
    """The list's class if the name is one and the user may open it; else 404 or 403, as the list itself would answer."""
    try:
        view: Any = getattr(resolve(reverse(list_name)).func, "view_class", None)
    except (NoReverseMatch, Resolver404):
        raise Http404(list_name) from None
    if not (isinstance(view, type) and issubclass(view, ListView)) or view.list_name != list_name:
        raise Http404(list_name)
    if view.permission != ANYONE_SIGNED_IN and not user.has_perm(view.permission):
        raise PermissionDenied(view.permission)
    return view

"""此人能做什么、为什么."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit import scope_choices
from audit.models import User
from audit.permission_labels import all_permissions
from audit.queries import explain
from audit.views.users import PARENTS
from core.web.access import requires
from core.web.lists import crumbs


@requires("audit.view_user")
@require_safe
def user_access(request: HttpRequest, pk: int) -> HttpResponse:
    """Every right with its places and reasons; `?permission=…&community=…` asks one question."""
    person = get_object_or_404(User.objects.visible_to(request.user, "audit.view_user"), pk=pk)
    title = _("此人能做什么、为什么")
    permissions, communities = all_permissions(), scope_choices.communities()
    asked = next((row for row in permissions if row.name == request.GET.get("permission")), None)
    place = next((row for row in communities if str(row.id) == request.GET.get("community")), None)
    page = {
        "title": title,
        "breadcrumbs": crumbs((*PARENTS,), title),
        "person": person,
        "groups": explain.rights(person),
        "visibility": explain.visibility(person),
        "permissions": permissions,
        "askable": communities,
        "asked": asked,
        "place": place,
        "answer": explain.answer(person, asked, place.id if place else None) if asked else None,
    }
    return render(request, "audit/user_access.html", page)

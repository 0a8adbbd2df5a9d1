"""帮助与隐私: how to get in, whom to ask, what happens with one's data. Also before signing in."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core.web.access import public
from portal import privacy
from portal.pages import page


@public("who cannot sign in needs help most; what happens with data is told before it is given")
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return page(request, "portal/help.html", {"version": privacy.VERSION})

"""微信提醒: binding one's WeChat account by OAuth, and letting it go. WeChat leads back by a GET, so the binding itself is a button."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import BusinessError
from notices.services import wechat as service
from portal import queries
from portal.access import owner_page
from portal.pages import page


def _secret(request: HttpRequest) -> str:
    """What binds the way to WeChat and back to this session."""
    return request.COOKIES[settings.OWNER_COOKIE_NAME]


@owner_page
@require_safe
def wechat(request: HttpRequest) -> HttpResponse:
    owner: Any = request.owner  # type: ignore[attr-defined]
    context = {"binding": queries.wechat_binding(owner), "is_open": queries.wechat_is_open()}
    return page(request, "portal/wechat.html", context)


@owner_page
@require_safe
def wechat_go(request: HttpRequest) -> HttpResponse:
    """A link, not a form: the content policy lets no form lead to another house."""
    back = request.build_absolute_uri(reverse("portal:wechat_back"))
    owner: Any = request.owner  # type: ignore[attr-defined]
    return HttpResponseRedirect(service.authorize_url(owner, redirect_uri=back, session=_secret(request)))


@owner_page
@require_http_methods(["GET", "POST"])
def wechat_back(request: HttpRequest) -> HttpResponse:
    """GET is where WeChat leads back to and changes nothing; POST binds with what it brought. An account that is bound to somebody
    else is moved only when the person says so."""
    given = request.POST if request.method == "POST" else request.GET
    context = {"code": given.get("code", ""), "state": given.get("state", "")}
    if request.method != "POST":
        return page(request, "portal/wechat_back.html", context)
    session: Any = request.owner_session  # type: ignore[attr-defined]
    try:
        service.bind_by_code(
            session.owner, by=session, code=context["code"], state=context["state"], session=_secret(request),
            move=bool(request.POST.get("move")),
        )  # fmt: skip
    except BusinessError as error:
        # A code works once, so a second try begins with WeChat again.
        messages.error(request, f"{error.sentence}。{error.fix}")
    else:
        messages.success(request, _("已绑定微信，通知会发到这个微信"))
    return redirect("portal:wechat")


@owner_page
@require_POST
def wechat_end(request: HttpRequest) -> HttpResponse:
    session: Any = request.owner_session  # type: ignore[attr-defined]
    service.unbind_wechat(session.owner, by=session)
    messages.success(request, _("已解绑微信"))
    return redirect("portal:wechat")

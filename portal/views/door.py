"""The owners' door: number, code, who one is; and out again. Neither number nor code ever stands in an address."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from core import context
from core.errors import BusinessError, QuotaExceeded
from core.web.access import public
from core.web.pages import add_error
from owners.models import OwnerLoginCode
from owners.services import sign_in as service
from portal.access import owner_of, owner_page, safe_next
from portal.forms.door import CodeForm, PhoneForm
from portal.pages import page
from portal.queries import candidates

REASON = "nobody can be signed in before signing in"
DOOR_AGE = int((service.CODE_VALID + service.CHOOSE_WITHIN).total_seconds())
LARGE_TYPE = "ml_type"


def _cookie(response: HttpResponse, name: str, value: str, age: int) -> None:
    response.set_cookie(name, value, max_age=age, secure=settings.PRODUCTION, httponly=True, samesite="Lax", path="/")


def _forget(response: HttpResponse, name: str) -> None:
    response.delete_cookie(name, path="/", samesite="Lax")


def _door(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.OWNER_DOOR_COOKIE_NAME, "")


def _next_query(request: HttpRequest) -> str:
    wanted = safe_next(request)
    return f"?{urlencode({'next': wanted})}" if wanted != reverse("portal:home") else ""


@public(REASON)
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("phone")
def sign_in(request: HttpRequest) -> HttpResponse:
    """GET asks for the number, POST has a code sent. The answer is the same whether anybody has this number."""
    if owner_of(request) is not None:
        return redirect(safe_next(request))
    form = PhoneForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = service.request_code(form.cleaned_data["phone"], ip=context.current().ip)
        except BusinessError as error:
            add_error(form, error)
            return page(request, "portal/sign_in.html", _door_context(request, form), status=_status(error))
        return _to_code(request, asked)
    # The token of a session that is over: said once, then forgotten.
    over = bool(request.COOKIES.get(settings.OWNER_COOKIE_NAME))
    response = page(request, "portal/sign_in.html", _door_context(request, form) | {"over": over})
    if over:
        _forget(response, settings.OWNER_COOKIE_NAME)
    return response


def _status(error: BusinessError) -> int:
    """A form with its error is a page like any other; only a limit says so to machines as well."""
    return error.status if isinstance(error, QuotaExceeded) else 200


def _door_context(request: HttpRequest, form: Any) -> dict[str, Any]:
    return {"form": form, "next": safe_next(request), "demo": not settings.PRODUCTION}


def _to_code(request: HttpRequest, asked: service.Asked) -> HttpResponse:
    response = HttpResponseRedirect(reverse("portal:code") + _next_query(request))
    _cookie(response, settings.OWNER_DOOR_COOKIE_NAME, asked.token, DOOR_AGE)
    if asked.shown_code:
        messages.info(request, _("演示环境：验证码是 %(code)s") % {"code": asked.shown_code})
    return response


@public(REASON)
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("code")
def code(request: HttpRequest) -> HttpResponse:
    """GET asks for the code, POST tries it."""
    if not _door(request):
        return redirect("portal:sign_in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            row = service.check_code(_door(request), form.cleaned_data["code"], ip=context.current().ip)
            return _proven(request, row)
        except BusinessError as error:
            add_error(form, error)
            return page(request, "portal/code.html", _door_context(request, form), status=_status(error))
    return page(request, "portal/code.html", _door_context(request, form))


@public(REASON)
@require_POST
def code_again(request: HttpRequest) -> HttpResponse:
    """One more code for the number of this browser."""
    try:
        return _to_code(request, service.request_again(_door(request), ip=context.current().ip))
    except BusinessError as error:
        messages.error(request, f"{error.sentence}。{error.fix}")
        return HttpResponseRedirect(
            reverse("portal:code" if _door(request) else "portal:sign_in") + _next_query(request)
        )


def _proven(request: HttpRequest, row: OwnerLoginCode) -> HttpResponse:
    """Whoever held the phone is told what stands behind it: nobody, one person (signed in), or several to choose from."""
    people = service.people_of(row)
    if not people:
        response = page(request, "portal/nobody.html")
        _forget(response, settings.OWNER_DOOR_COOKIE_NAME)
        return response
    if len(people) > 1:
        return HttpResponseRedirect(reverse("portal:who") + _next_query(request))
    return _enter(request, row, people[0])


@public(REASON)
@require_http_methods(["GET", "POST"])
def who(request: HttpRequest) -> HttpResponse:
    """A number several people share: each says who he is. Only those with this number and a unit today are offered."""
    row = service.proven_code(_door(request))
    if row is None:
        return redirect("portal:sign_in")
    people = service.people_of(row)
    if request.method == "POST":
        chosen = next((owner for owner in people if str(owner.pk) == request.POST.get("who")), None)
        if chosen is None:
            messages.error(request, _("请选择您是谁"))
        else:
            try:
                return _enter(request, row, chosen)
            except BusinessError as error:  # another tab of this browser was faster
                messages.error(request, f"{error.sentence}。{error.fix}")
                return redirect("portal:sign_in")
    context_ = {"candidates": candidates(people), "next": safe_next(request)}
    return page(request, "portal/who.html", context_)


def _enter(request: HttpRequest, row: OwnerLoginCode, owner: Any) -> HttpResponse:
    agent = request.headers.get("User-Agent", "")
    _session, token = service.open_session(row, owner, ip=context.current().ip, user_agent=agent)
    response = HttpResponseRedirect(safe_next(request))
    _cookie(response, settings.OWNER_COOKIE_NAME, token, int(settings.OWNER_SESSION_ABSOLUTE.total_seconds()))
    _forget(response, settings.OWNER_DOOR_COOKIE_NAME)
    return response


@owner_page
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    session = request.owner_session  # type: ignore[attr-defined]
    service.end_session(session, by=session)
    return left(_("已退出登录"), request)


def left(sentence: str, request: HttpRequest) -> HttpResponse:
    messages.success(request, sentence)
    response = redirect("portal:sign_in")
    _forget(response, settings.OWNER_COOKIE_NAME)
    return response


@public("the size of the letters is nobody's secret; also before signing in")
@require_POST
def type_size(request: HttpRequest) -> HttpResponse:
    """大字 on and off, for a year, without a script."""
    response = HttpResponseRedirect(safe_next(request))
    if request.COOKIES.get(LARGE_TYPE) == "large":
        _forget(response, LARGE_TYPE)
    else:
        _cookie(response, LARGE_TYPE, "large", int(timedelta(days=365).total_seconds()))
    return response

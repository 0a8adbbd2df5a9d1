"""The door: sign-in with its sentences, sign-out."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from audit.forms import SignInForm
from audit.middleware import LOST_FORM
from audit.models import SignInEntry
from audit.queries.locks import locked_until
from audit.services import sign_in as service
from core import context
from core.services import drafts
from core.web.access import public, signed_in


@public("nobody can be signed in before signing in")
@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """GET shows the form, POST tries it. Somebody who is signed in already is led on."""
    if request.user.is_authenticated:
        return redirect(next_path(request))
    form = SignInForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return page(request, form)
    lost = request.session.get(LOST_FORM) or {}
    result = service.attempt(request, **form.cleaned_data)
    if result.user is not None:
        return redirect(landing(request, result.user, lost))
    # The axes middleware would answer in our place; the sentence below is the better answer.
    request.axes_locked_out = False  # type: ignore[attr-defined]  # axes adds it to the request
    form.add_error(None, sentence(result))
    return page(request, form, status=429 if result.refused == SignInEntry.Result.LOCKED else 200)


def sentence(result: service.Attempt) -> str:
    if result.refused == SignInEntry.Result.LOCKED:
        return locked_sentence(result.until)
    if result.refused == SignInEntry.Result.DISABLED:
        return _("这个账号已停用或已过有效期，请联系系统管理员。")
    if result.left and result.left < settings.AXES_FAILURE_LIMIT - 1:
        return _("账号或密码不对，再错 %(left)d 次将锁定 15 分钟。") % {"left": result.left}
    return _("账号或密码不对，请重新输入。")


def locked_sentence(until: Any) -> str:
    local = timezone.localtime(until)
    minutes = max(1, -(-int((until - timezone.now()).total_seconds()) // 60))
    return _("密码错误次数过多，账号已锁定。请在 %(time)s（约 %(minutes)d 分钟）后再试，或联系安全管理员解锁。") % {
        "time": f"{local:%H:%M}",
        "minutes": minutes,
    }


def page(request: HttpRequest, form: SignInForm, status: int = 200) -> HttpResponse:
    lost = request.session.get(LOST_FORM) or {}
    context_ = {
        "form": form,
        "next": safe_next(request),
        "draft_note": lost_sentence(lost) if lost else "",
        "version": settings.VERSION,
    }
    return render(request, "registration/sign_in.html", context_, status=status)


def lost_sentence(lost: dict[str, Any]) -> str:
    if lost.get("title"):
        return _("登录已过期。刚才填写的「%(form)s」已暂存，登录后继续填写。") % {"form": lost["title"]}
    return _("登录已过期，请重新登录。")


def locked_out(request: HttpRequest, *_args: Any) -> HttpResponse:
    """What axes answers when it refuses before our own check has seen the lock (two attempts at once)."""
    form = SignInForm({"username": request.POST.get("username", ""), "password": ""})
    form.is_valid()
    form.errors.clear()
    until = locked_until(form.data["username"], context.current().ip) or timezone.now() + settings.AXES_COOLOFF_TIME
    form.add_error(None, locked_sentence(until))
    return page(request, form, status=429)


def safe_next(request: HttpRequest) -> str:
    """The wanted address if it is one of this site, else nothing."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    secure = request.is_secure()
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=secure) else ""


def next_path(request: HttpRequest) -> str:
    return safe_next(request) or resolve_url(settings.LOGIN_REDIRECT_URL)


def landing(request: HttpRequest, user: Any, lost: dict[str, Any]) -> str:
    """The lost form when it was this person's, else where he wanted to go."""
    if lost.get("user_id") == user.pk and lost.get("path") and drafts.find(user, lost["path"]):
        return f"{lost['path']}?draft"
    return next_path(request)


@signed_in
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    service.sign_out(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)

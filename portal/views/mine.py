"""What is known about me and what I have agreed to: seen, changed, taken back (PIPL 44-47)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import masking
from core.errors import BusinessError
from core.models import DictItem
from core.web.pages import add_error
from owners.models import Consent
from owners.services import consents, portrait
from owners.services import sign_in as sessions
from portal import entries, privacy, queries
from portal.access import owner_page
from portal.forms.data import PreferenceForm
from portal.pages import page
from portal.views.door import left


@owner_page
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    owner: Any = request.owner  # type: ignore[attr-defined]
    context = {
        "id_shown": masking.mask_id_number(owner.id_number),
        "phones": queries.phones(owner),
        "emergency": queries.emergency_contacts(owner),
        "waiting_count": queries.waiting_corrections(owner),
        "more": entries.shown("mine", "portal:me"),
    }
    return page(request, "portal/me.html", context)


@owner_page
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Applies at once: nobody has to check what somebody likes."""
    owner: Any = request.owner  # type: ignore[attr-defined]
    form = PreferenceForm(request.POST if request.method == "POST" else None, instance=owner)
    if request.method == "POST" and form.is_valid():
        try:
            portrait.change_preferences(owner, by=request.owner_session, **form.cleaned_data)  # type: ignore[attr-defined]
        except BusinessError as error:
            add_error(form, error)
        else:
            messages.success(request, _("已保存"))
            return redirect("portal:me")
    return page(request, "portal/preferences.html", {"form": form})


@owner_page
@require_safe
def consent_list(request: HttpRequest) -> HttpResponse:
    rows = queries.purposes(request.owner)  # type: ignore[attr-defined]
    return page(request, "portal/consents.html", {"purposes": rows, "version": privacy.VERSION})


def _purpose(pk: int) -> DictItem:
    found = queries.purpose(pk)
    if found is None:
        raise Http404(pk)
    return found


@owner_page
@require_POST
def consent_give(request: HttpRequest, pk: int) -> HttpResponse:
    purpose = _purpose(pk)
    if purpose.code == privacy.NOT_ASKED:
        raise Http404(pk)
    facts: dict[str, Any] = {"purpose": purpose, "version": privacy.VERSION, "way": Consent.Way.ONLINE}
    consents.give_consent(request.owner, by=request.owner_session, **facts)  # type: ignore[attr-defined]
    messages.success(request, _("已同意“%(purpose)s”，随时可以撤回") % {"purpose": purpose})
    return redirect("portal:consent_list")


@owner_page
@require_POST
def consent_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    purpose = _purpose(pk)
    consents.withdraw_purpose(request.owner, by=request.owner_session, purpose=purpose)  # type: ignore[attr-defined]
    messages.success(request, _("已撤回“%(purpose)s”，立即生效") % {"purpose": purpose})
    return redirect("portal:consent_list")


@owner_page
@require_safe
def device_list(request: HttpRequest) -> HttpResponse:
    session: Any = request.owner_session  # type: ignore[attr-defined]
    rows = [{"session": row, "here": row.is_same(session)} for row in queries.devices(session)]
    return page(request, "portal/devices.html", {"devices": rows})


@owner_page
@require_POST
def device_end(request: HttpRequest, pk: int) -> HttpResponse:
    session: Any = request.owner_session  # type: ignore[attr-defined]
    found = queries.device(session, pk)
    if found is None:
        raise Http404(pk)
    sessions.end_session(found, by=session)
    if found.is_same(session):
        return left(_("已退出登录"), request)
    messages.success(request, _("已退出：%(device)s") % {"device": found})
    return redirect("portal:device_list")


@owner_page
@require_POST
def device_end_all(request: HttpRequest) -> HttpResponse:
    session: Any = request.owner_session  # type: ignore[attr-defined]
    sessions.end_all_sessions(session.owner, by=session)
    return left(_("已在所有设备上退出登录"), request)

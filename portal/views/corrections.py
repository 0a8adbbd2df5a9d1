"""Correcting one's own data (R26): a form for each part of the file, and what has become of it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.states import available_actions
from core.errors import BusinessError
from core.web.pages import add_error
from owners.models import CorrectionAct, CorrectionTopic
from owners.queries.corrections import sides
from owners.services import correction_values, corrections
from portal import queries
from portal.access import owner_page
from portal.forms.data import CorrectionForm, correction_form
from portal.pages import current_unit, page

_AT_HOME = {CorrectionTopic.FAMILY, CorrectionTopic.VEHICLE}


def _back(topic: str) -> str:
    return "portal:household" if topic in _AT_HOME else "portal:me"


@owner_page
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, topic: str, act: str, pk: int | None = None) -> HttpResponse:
    """GET shows the part as it is, POST asks for it to be changed. A row of somebody else is not found."""
    if topic not in CorrectionTopic.values or act not in correction_values.acts_of(topic):
        raise Http404(topic)
    owner: Any = request.owner  # type: ignore[attr-defined]
    row = correction_values.target_of(owner, topic, pk)
    if (row is None) != (act == CorrectionAct.ADD) or (act == CorrectionAct.ADD and pk is not None):
        raise Http404(pk)
    form = correction_form(topic, act)(
        request.POST if request.method == "POST" else None, initial=correction_values.current(topic, row)
    )
    if request.method == "POST" and form.is_valid() and _request(request, form, topic, act, pk):
        messages.success(request, _("已提交，物业核对后更新档案，结果会显示在首页"))
        return redirect(_back(topic))
    context = {
        "form": form,
        "title": f"{CorrectionAct(act).label}{CorrectionTopic(topic).label}",
        "back": _back(topic),
        "removal": act == CorrectionAct.REMOVE,
        "subject": correction_values.name_of(topic, row),
    }
    return page(request, "portal/correct.html", context)


def _request(request: HttpRequest, form: CorrectionForm, topic: str, act: str, pk: int | None) -> bool:
    try:
        corrections.request_correction(
            request.owner,  # type: ignore[attr-defined]
            by=request.owner_session,  # type: ignore[attr-defined]
            unit=current_unit(request),
            topic=topic,
            act=act,
            target_id=pk,
            values=form.values(),
            note=form.cleaned_data["note"],
        )
    except BusinessError as error:
        add_error(form, error)
        return False
    return True


@owner_page
@require_safe
def correction_list(request: HttpRequest) -> HttpResponse:
    rows = queries.corrections(request.owner)  # type: ignore[attr-defined]
    session: Any = request.owner_session  # type: ignore[attr-defined]
    unread = any(row.told_at is None and row.decided_at is not None for row in rows)
    shown = [{"row": row, "sides": sides(row), "acts": available_actions(session, row)} for row in rows]
    context = {"corrections": shown, "unread": unread}
    return page(request, "portal/corrections.html", context)


@owner_page
@require_POST
def corrections_read(request: HttpRequest) -> HttpResponse:
    """我知道了: the answers leave the first page. Opening the list alone changes nothing."""
    corrections.acknowledge(request.owner)  # type: ignore[attr-defined]
    return redirect("portal:home")


@owner_page
@require_POST
def correction_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    found = queries.correction(request.owner, pk)  # type: ignore[attr-defined]
    if found is None:
        raise Http404(pk)
    corrections.withdraw_correction(found, by=request.owner_session)  # type: ignore[attr-defined]
    messages.success(request, _("已撤回，档案没有变化"))
    return redirect("portal:correction_list")

"""Type-ahead over the staff."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from audit.models import User
from audit.queries.colleagues import colleagues, named_like
from core.web.access import signed_in, user_of
from core.web.pickers import LIMIT, answer, picker, result, typed


@signed_in
@picker
def staff_picker(request: HttpRequest) -> HttpResponse:
    """`?ever=1` for filters: who has gone has left something behind."""
    text = typed(request)
    if text is None:
        return answer([])
    rows = colleagues(user_of(request), ever="ever" in request.GET)
    rows = rows.only("username", "display_name", "is_active", "disabled_at")
    found = named_like(rows, text, LIMIT) if text else rows[:LIMIT]
    return answer(_line(user) for user in found)


def _line(user: User) -> dict[str, Any]:
    return result(user.pk, user.display_name, user.username, "" if user.is_active else user.status_word)

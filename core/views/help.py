"""帮助: short pages in the words of the screens, one topic each."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.help import TOPICS, topic
from core.web.access import signed_in


@require_safe
@signed_in
def help_page(request: HttpRequest, code: str = TOPICS[0].code) -> HttpResponse:
    found = topic(code)
    if found is None:
        raise Http404(code)
    context = {
        "title": _("帮助"),
        "breadcrumbs": [{"label": _("帮助"), "url": ""}],
        "topics": TOPICS,
        "topic": found,
    }
    return render(request, "core/help.html", context)

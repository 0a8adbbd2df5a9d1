"""What a personal link opens without signing in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.web.one_purpose import PurposeView
from owners.actors import OwnerByLink
from owners.models import Owner
from owners.services import consents
from portal.queries import marketing


class OptOutView(PurposeView):
    """退订营销信息, from the link under such a message. Pressing twice does no harm, so the link stays open until it expires."""

    purpose, model = consents.OPT_OUT, Owner
    template_name = "portal/opt_out.html"

    def page(self) -> dict[str, Any]:
        return {"done": not self.source.marketing_consent}

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        consents.withdraw_purpose(self.source, by=OwnerByLink(self.source), purpose=marketing())
        return render(request, self.template_name, {"done": True})

"""What a personal link opens without signing in: the answers to one conversation."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from complaints.models import Enquiry
from complaints.queries.enquiries import answers_of, told_of
from complaints.services.telling import READ
from core.models import SignedLink
from core.web.one_purpose import PurposeView
from notices.models import Delivery
from owners.queries.sign_in import session_by
from owners.services.sign_in import digest


class PublicEnquiryView(PurposeView):
    """The last answers. Whoever is signed in as the same person comes to the conversation itself; it names nobody, and to write one
    signs in."""

    purpose, model = READ, Delivery
    template_name = "complaints/public_enquiry.html"

    def source_of(self, link: SignedLink) -> Enquiry | None:
        delivery = super().source_of(link)
        return told_of(delivery) if delivery is not None else None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        session = session_by(digest(request.COOKIES.get(settings.OWNER_COOKIE_NAME, "")))
        if session is not None and session.owner_id == self.source.owner_id:
            return HttpResponseRedirect(reverse("portal:enquiry", args=[self.source.pk]))
        return super().get(request, *args, **kwargs)

    def page(self) -> dict[str, Any]:
        return {"enquiry": self.source, "said": answers_of(self.source)}

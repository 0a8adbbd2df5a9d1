"""What a personal link opens without signing in: the answers to one conversation."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from complaints.models import Enquiry, EnquiryMessage
from complaints.services.telling import READ
from complaints.states import Voice
from core.models import SignedLink
from core.web.one_purpose import PurposeView
from notices.models import Delivery
from owners.queries.sign_in import session_by
from owners.services.sign_in import digest

SHOWN = 5


class PublicEnquiryView(PurposeView):
    """The last answers. Whoever is signed in as the same person comes to the conversation itself; it names nobody, and to write one
    signs in."""

    purpose, model = READ, Delivery
    template_name = "complaints/public_enquiry.html"

    def source_of(self, link: SignedLink) -> Enquiry | None:
        delivery = super().source_of(link)
        if delivery is None or delivery.source_type != EnquiryMessage._meta.label_lower:
            return None
        rows = Enquiry.objects.select_related("community", "topic")
        return rows.filter(messages=delivery.source_id, owner=delivery.owner_id).first()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        session = session_by(digest(request.COOKIES.get(settings.OWNER_COOKIE_NAME, "")))
        if session is not None and session.owner_id == self.source.owner_id:
            return HttpResponseRedirect(reverse("portal:enquiry", args=[self.source.pk]))
        return super().get(request, *args, **kwargs)

    def page(self) -> dict[str, Any]:
        said = self.source.messages.filter(voice__in=(Voice.STAFF, Voice.EVENT)).order_by("-pk")[:SHOWN]
        return {"enquiry": self.source, "said": list(said)[::-1]}

"""What a personal link opens without signing in: one order to follow and to rate, or one warranty case for the company that built."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core import rate_limit
from core.errors import BusinessError
from core.models import SignedLink
from core.web.one_purpose import PurposeView
from core.web.pages import add_error
from core.web.stored import stored_file
from notices.models import Delivery
from owners.actors import OwnerByLink
from owners.queries.sign_in import session_by
from owners.services.sign_in import digest
from workorders.forms.after import ContractorAnswerForm, OwnerRateForm
from workorders.models import WorkOrder
from workorders.queries import public as pages
from workorders.queries.after import CONTRACTOR
from workorders.queries.residents import order_of
from workorders.services import after, contractor
from workorders.services.messages import FOLLOW


class PublicOrderView(PurposeView):
    """进展与评价. The link belongs to the message that was sent: whose it was is who rates. It names nobody and shows no number."""

    purpose, model = FOLLOW, Delivery
    template_name = "workorders/public_order.html"

    def source_of(self, link: SignedLink) -> pages.Followed | None:
        delivery = super().source_of(link)
        return pages.followed(delivery) if delivery is not None else None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Whoever is signed in as the same person comes to his own page, which shows more; everybody else stays here."""
        session, order = session_by(digest(request.COOKIES.get(settings.OWNER_COOKIE_NAME, ""))), self.source.order
        if session is not None and session.owner_id == self.source.owner.pk and order_of(session.owner, order.pk):
            return HttpResponseRedirect(reverse("portal:repair", args=[order.pk]))
        return super().get(request, *args, **kwargs)

    def form(self, data: Any = None) -> OwnerRateForm:
        return OwnerRateForm(data, user=self.request.user)

    def page(self, form: OwnerRateForm | None = None) -> dict[str, Any]:
        found = pages.progress(self.source)
        return found | {"form": (form or self.form()) if found["may_rate"] else None}

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            try:
                after.rate_order(self.source.order, by=OwnerByLink(self.source.owner), via="link", **form.cleaned_data)
                messages.success(request, _("谢谢您的评价"))
                return HttpResponseRedirect(request.path)
            except BusinessError as error:
                add_error(form, error)
        return render(request, self.template_name, self.page(form))


class ContractorView(PurposeView):
    """保修转办: where and what, the pictures, the answer. Printable."""

    purpose, model = CONTRACTOR, WorkOrder
    template_name = "workorders/public_contractor.html"

    def page(self, form: ContractorAnswerForm | None = None) -> dict[str, Any]:
        form = form or ContractorAnswerForm(user=self.request.user)
        return pages.warranty_case(self.source, self.link) | {"form": form, "token": self.kwargs["token"]}

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        form = ContractorAnswerForm(request.POST, user=request.user)
        if form.is_valid():
            try:
                rate_limit.require(
                    f"contractor:{self.link.pk}",
                    capacity=10,
                    seconds=86400,
                    sentence=_("今天回复的次数过多，请致电物业"),
                )
                contractor.record_answer(self.source, link=self.link, text=form.cleaned_data["text"])
                messages.success(request, _("已收到您的回复"))
                return HttpResponseRedirect(request.path)
            except BusinessError as error:
                add_error(form, error)
        return render(request, self.template_name, self.page(form))


class ContractorPhotoView(PurposeView):
    """One picture of the order, by the address of the link itself: when the link is over, so is this."""

    purpose, model = CONTRACTOR, WorkOrder
    http_method_names = ("get", "head")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        photo = get_object_or_404(pages.photos_of(self.source), uid=kwargs["uid"])
        try:
            response = stored_file(photo)
        except FileNotFoundError:
            raise Http404 from None
        contractor.note_opened(photo, link=self.link)
        return response

"""The page behind a personal link: opened without signing in, for one announcement. A GET writes nothing; the button and, where
scripts run, the page itself post that it was read."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from core.models import SignedLink
from core.web.one_purpose import PurposeView
from core.web.stored import stored_file_or_404
from notices.models import Delivery
from notices.queries import portal
from notices.queries.contents import PURPOSE
from notices.queries.public import Target, target_of
from notices.services import receipts


class _Link(PurposeView):
    """`source` is the announcement with the delivery the link was made for."""

    purpose, model = PURPOSE, Delivery
    source: Target

    def source_of(self, link: SignedLink) -> Target | None:
        delivery = super().source_of(link)
        return target_of(delivery) if delivery is not None else None


class NoticeLinkView(_Link):
    template_name = "notices/public_notice.html"
    http_method_names = ["get", "head", "options"]

    def page(self) -> dict[str, Any]:
        owner, notice, token = self.source.delivery.owner, self.source.notice, self.kwargs["token"]
        context = portal.article(notice, owner)
        mine = portal.of_owner(owner, notice.pk)
        files = [(row, reverse("notices:public_file", args=[token, row.pk])) for row in context["files"]]
        return context | {"token": token, "files": files, "confirmed_at": mine.confirmed_at if mine else None}


class NoticeReadView(_Link):
    """Posted by the page when it is really looked at: messengers that fetch previews run no scripts."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        receipts.mark_read(self.source.notice, owner=self.source.delivery.owner, via="link")
        return HttpResponse(status=204)


class NoticeConfirmView(_Link):
    """我知道了, without a script. Pressing twice does no harm, so the link stays open until it expires."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if not portal.was_withdrawn(self.source.notice):
            receipts.confirm(self.source.notice, owner=self.source.delivery.owner, via="link")
        return HttpResponseRedirect(reverse("notices:public_notice", args=[token]))


class NoticeFileView(_Link):
    """A file of the announcement; gone with it."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, token: str, file: int) -> HttpResponseBase:  # type: ignore[override]
        return stored_file_or_404(portal.file_of(self.source.notice, file))

"""Conversations as pages need them: who says what, with the files; what either side has not read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.queries.people import holders_of
from complaints.models import CannedReply, Complaint, Enquiry, EnquiryLink, EnquiryMessage
from complaints.states import EnquiryAction, EnquiryStatus, Voice
from core.bigrams import containing, matching
from core.keys import among, keys_of
from core.masking import mask_phone
from core.models import Attachment
from core.web.paging import EXACT_LIMIT
from core.web.searching import Meaning, any_of
from notices.models import Delivery
from owners.queries.rooms import units_like
from owners.visibility import Eyes
from properties.search import in_several_communities

VIEW, ANSWER = "complaints.view_enquiry", "complaints.answer_enquiry"
LAST = 5  # answers behind a link
MANY, FEW = 2_000, 3_000
MOST = 300  # messages a page shows; who needs more looks into the export
GROUPS = (
    ("waiting", lazy("待答复")), ("mine", lazy("我接待的")), ("answered", lazy("已答复")), ("closed", lazy("已结束")), ("all", lazy("全部")),
)  # fmt: skip


def listed(rows: QuerySet[Enquiry]) -> QuerySet[Enquiry]:
    return rows.select_related("community", "unit__building", "owner", "handler", "topic")


def read_by(user: Any) -> QuerySet[Enquiry]:
    """Each knows whether its room needs the name of its community."""
    found: Any = Enquiry.objects.visible_to(user, VIEW)
    rows: QuerySet[Enquiry] = found.read_by(user, across=in_several_communities(user, VIEW))
    return rows


def of_group(rows: Any, group: str, user: Any) -> Any:
    if group == "mine":
        return rows.filter(handler=user)
    known = {"waiting": EnquiryStatus.WAITING, "answered": EnquiryStatus.ANSWERED, "closed": EnquiryStatus.CLOSED}
    return rows.filter(status=known[group]) if group in known else rows


def _where_said(rows: Any, text: str) -> Q | None:
    """Messages do not know their community: of a frequent word all of them are met. Where fewer conversations are asked about, it is
    theirs that are read; where nothing narrows them, messages say alone that there are too many to count."""
    messages = EnquiryMessage.objects.order_by()
    found = messages.filter(matching("text", text))
    if rows.order_by().values("pk")[: FEW + 1].count() <= FEW:
        if found.values("pk")[: MANY + 1].count() > MANY:
            found = messages.filter(containing("text", text), enquiry__in=rows.order_by().values("pk"))
        return Q(pk__in=found.values("enquiry"))
    keys = keys_of(found.distinct(), EXACT_LIMIT + 1, of="enquiry")
    if len(keys) <= EXACT_LIMIT:
        return Q(among(keys))
    return Q(pk__in=found.values("enquiry")) if rows.query.where else None


def search(rows: Any, text: str) -> Any:
    """By number, by room, by words that were said; each part asks an index of its own."""
    messages = EnquiryMessage.objects.order_by()
    # A scalar for each row looked at: of an EXISTS PostgreSQL would make a list of all messages first.
    each = Subquery(messages.filter(containing("text", text), enquiry=OuterRef("pk")).values("pk")[:1])
    said = Meaning(lambda: _where_said(rows, text), Q(IsNull(each, False)))
    meanings = [Meaning.of(Q(number__startswith=text.upper())), said]
    if not any(char.isdigit() for char in text):
        return any_of(rows, meanings)
    there = Q(unit__in=units_like(text).values("pk"))
    return any_of(rows, [*meanings, Meaning.of(there)])


# --- One conversation ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One message. `day` stands above it where another day begins."""

    message: EnquiryMessage
    day: date | None
    files: list[Attachment] = field(default_factory=list)

    @property
    def pictures(self) -> list[Attachment]:
        return [row for row in self.files if row.content_type.startswith("image/")]

    @property
    def papers(self) -> list[Attachment]:
        return [row for row in self.files if not row.content_type.startswith("image/")]


def lines_of(enquiry: Enquiry, *, for_owner: bool) -> list[Line]:
    """Oldest first. What colleagues tell each other is not the owner's to read."""
    rows = EnquiryMessage.objects.filter(enquiry=enquiry).select_related("by").order_by("-pk")
    found = list((rows.exclude(voice=Voice.NOTE) if for_owner else rows)[:MOST])[::-1]
    files: dict[int, list[Attachment]] = {}
    for row in _files(found):
        files.setdefault(row.source_id, []).append(row)
    lines, day = [], None
    for message in found:
        on = timezone.localtime(message.at).date()
        lines.append(Line(message, on if on != day else None, files.get(message.pk, [])))
        day = on
    return lines


def _files(messages: Sequence[EnquiryMessage]) -> QuerySet[Attachment]:
    label, keys = EnquiryMessage._meta.label_lower, [row.pk for row in messages]
    rows = Attachment.objects.filter(source_type=label, source_id__in=keys, removed_at__isnull=True)
    return rows.order_by("pk")


def owner_files(enquiry: Enquiry, *, images: bool) -> list[Attachment]:
    """What the owner has sent; pictures alone where only those are taken."""
    rows = _files(list(enquiry.messages.filter(voice=Voice.OWNER)))
    return list(rows.filter(content_type__startswith="image/") if images else rows)


def file_for_owner(enquiry: Enquiry, pk: int) -> Attachment | None:
    return _files(list(enquiry.messages.exclude(voice=Voice.NOTE))).filter(pk=pk).first()


def owner_words(enquiry: Enquiry, most: int) -> str:
    """All he has said, for whatever the conversation is turned into; the end of it when it is too long."""
    words = "\n".join(enquiry.messages.filter(voice=Voice.OWNER).exclude(text="").values_list("text", flat=True))
    return words[-most:]


def stamp(enquiry: Enquiry) -> str:
    """Changes with everything the open page shows of the conversation."""
    last = enquiry.messages.order_by("-pk").values_list("pk", flat=True).first() or 0
    return f"{last}-{enquiry.status}-{enquiry.handler_id or 0}"


def joined(rows: Any) -> Any:
    return listed(rows).prefetch_related(
        Prefetch("links", EnquiryLink.objects.select_related("order__kind", "complaint__topic"))
    )


def page(enquiry: Enquiry, user: Any, offered: Sequence[str]) -> dict[str, Any]:
    """What the desk sees."""
    eyes = Eyes(user)
    may_answer = EnquiryAction.ANSWER in offered
    return talk(enquiry, offered) | {
        "owner_name": eyes.sees("name", enquiry.owner.name, [enquiry.community_id]),
        "phone": _phone(enquiry, eyes, user),
        "others": list(_others(enquiry, user)),
        "replies": list(replies_for(enquiry, user)) if may_answer else [],
        "acts": acts_of(enquiry, user, offered),
        "links": _links(enquiry, user),
    }


def _links(enquiry: Enquiry, user: Any) -> list[EnquiryLink]:
    """What came of it. A case that has become confidential since is shown to whoever may open it."""
    links = list(enquiry.links.all())
    ids = [link.complaint.pk for link in links if link.complaint is not None and link.complaint.confidential]
    if not ids:
        return links
    mine = set(
        Complaint.objects.visible_to(user, "complaints.view_complaint").filter(pk__in=ids).values_list("pk", flat=True)
    )
    return [link for link in links if link.complaint_id not in ids or link.complaint_id in mine]


def talk(enquiry: Enquiry, offered: Sequence[str]) -> dict[str, Any]:
    return {
        "enquiry": enquiry,
        "lines": lines_of(enquiry, for_owner=False),
        "stamp": stamp(enquiry),
        "may_answer": EnquiryAction.ANSWER in offered,
    }


def _phone(enquiry: Enquiry, eyes: Eyes, user: Any) -> dict[str, str]:
    row = enquiry.owner.phones.order_by("-is_primary", "pk").first()
    if row is None:
        return {}
    may = eyes.may_reveal("phone", [enquiry.community_id], "owners.reveal_owner")
    url = reverse("audit:reveal", args=["owners.ownerphone", row.pk, "number"]) if may else ""
    return {"shown": mask_phone(str(row.number)), "url": url}


def _others(enquiry: Enquiry, user: Any) -> QuerySet[Enquiry]:
    """Of this community: an owner's other flat may stand in a building that is not the reader's, and colleagues' talks not be his."""
    rows = read_by(user).filter(owner=enquiry.owner_id, community=enquiry.community_id).exclude(pk=enquiry.pk)
    return rows.select_related("topic").order_by("-last_at")[:5]


def replies_for(enquiry: Enquiry, user: Any) -> QuerySet[CannedReply]:
    """Of this community and of the house; those about the same matter first."""
    rows = CannedReply.objects.visible_to(user, "complaints.view_cannedreply").filter(disabled_at__isnull=True)
    rows = rows.holding_in(enquiry.community_id)
    fits = rows.filter(Q(topic=enquiry.topic_id) | Q(topic__isnull=True))
    return fits.select_related("topic").order_by("topic_id", "title")


def acts_of(enquiry: Enquiry, user: Any, offered: Sequence[str]) -> list[dict[str, Any]]:
    """What can be pressed beside answering."""
    if not enquiry.is_open or EnquiryAction.ANSWER not in offered:
        return []
    here = enquiry.community_id
    wanted = [
        (_("内部备注"), "note", "complaints:enquiry_note", True),
        (_("转交同事") if enquiry.handler_id else _("分派"), "user-plus", "complaints:enquiry_hand_over", True),
        (_("转投诉建议"), "message-report", "complaints:enquiry_complaint", _reaches(user, "complaints.add_complaint", here)),
        (_("结束咨询"), "circle-check", "complaints:enquiry_end", EnquiryAction.END in offered),
        (_("转报修工单"), "tool", "complaints:enquiry_order", _reaches(user, "workorders.add_workorder", here)),
    ]  # fmt: skip
    return [
        {"label": label, "icon": icon, "url": reverse(name, args=[enquiry.pk]), "dialog": True}
        for label, icon, name, may in wanted
        if may
    ]


def _reaches(user: Any, permission: str, community_id: int) -> bool:
    return bool(user.has_perm(permission) and user.access.scope(permission).covers_community(community_id))


def answerers(enquiry: Enquiry) -> QuerySet[Any]:
    """Who can be given this conversation."""
    return holders_of(ANSWER, [enquiry.community_id]).order_by("display_name", "pk")


# --- Behind the link of a message --------------------------------------------------------------------------------------------


def told_of(delivery: Delivery) -> Enquiry | None:
    """The conversation a message was about, when it was sent to whoever began it."""
    if delivery.source_type != EnquiryMessage._meta.label_lower:
        return None
    rows = Enquiry.objects.select_related("community", "topic")
    return rows.filter(messages=delivery.source_id, owner=delivery.owner_id).first()


def answers_of(enquiry: Enquiry) -> list[EnquiryMessage]:
    """The last of what the desk said to him, oldest first."""
    said = EnquiryMessage.objects.filter(enquiry=enquiry, voice__in=(Voice.STAFF, Voice.EVENT))
    return list(said.order_by("-pk")[:LAST])[::-1]

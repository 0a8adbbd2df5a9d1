"""The complaints of the city, its conversations and what was said in public; people at the desk of every community."""

from typing import Any

from tests.bench import bulk, orders_seed

CASES, CONTACTS, ENQUIRIES, OPINIONS = 300_000, 2_000_000, 100_000, 20_000
DESK = 4
FILES = ("complaints.sql", "contacts.sql", "enquiries.sql")
TABLES = (
    "complaints_complaint", "complaints_complaintclock", "complaints_clockstep", "complaints_answer", "complaints_progress",
    "complaints_enquiry", "complaints_enquirymessage", "complaints_opinionentry", "owners_contactrecord", "owners_callbacktask",
    "owners_timelineentry", "core_logentry",
)  # fmt: skip


def seed(share: float = 1.0) -> None:
    """Once; a second call finds them. `share` of the whole, for a look at something else than figures."""
    from complaints.models import Complaint

    if Complaint.objects.exists():
        return
    print(f"Seeding {CASES * share:,.0f} complaints and {CONTACTS * share:,.0f} contact records …", flush=True)
    orders_seed.people()
    people()
    bulk.write(FILES, TABLES, facts(share))


def facts(share: float) -> dict[str, Any]:
    """What the files ask for by name."""
    from complaints.queries.classes import category_of
    from core.models import DictItem
    from owners.models import ContactRecord

    def words(code: str) -> list[int]:
        return list(DictItem.objects.of(code).order_by("pk").values_list("pk", flat=True))

    topics = list(DictItem.objects.of("complaint_topic").order_by("pk"))
    counts = {"cases": CASES, "contacts": CONTACTS, "enquiries": ENQUIRIES, "opinions": OPINIONS}
    last = ContactRecord.objects.order_by("-pk").values_list("pk", flat=True).first()
    return {name: round(count * share) for name, count in counts.items()} | {
        "topics": [row.pk for row in topics], "categories": [category_of(row).pk for row in topics],
        "causes": words("complaint_cause"), "subjects": words("contact_subject"), "enquiry_topics": words("enquiry_topic"),
        "platforms": words("opinion_platform"), "contacts_before": last or 0,
    }  # fmt: skip


def people() -> None:
    """Four clerks in every community: they take cases in and work on them, and see no confidential one that is not theirs."""
    from audit.models import Grant, Role, User
    from properties.models import Community

    if User.objects.filter(username__startswith="bench-desk-").exists():
        return
    role = Role.objects.get(code="clerk")
    posts = [(c, n) for c in Community.objects.filter(code__startswith="C").order_by("pk") for n in range(DESK)]
    users = User.objects.bulk_create(
        User(
            username=f"bench-desk-{c.code.lower()}-{n}", password="!", display_name=orders_seed.called(at), must_change_password=False,
        )
        for at, (c, n) in enumerate(posts)
    )  # fmt: skip
    Grant.objects.bulk_create(
        Grant(user=user, role=role, chosen_ids=[c.pk], community_ids=[c.pk])
        for user, (c, _n) in zip(users, posts, strict=True)
    )

"""Draws and writes a scale, one community a transaction; big scales use a second process, since drawing and sealing cost more
than writing. An interrupted load goes on where it stopped, because communities that exist are left alone."""

import hashlib
import multiprocessing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Any

from django.db import connection, connections, transaction
from django.db.models import Exists, OuterRef

from audit.models import User
from core.services.numbering import take
from owners.models import Owner, Tenure
from owners.seeding import figures
from owners.seeding.drawn import Drawn
from owners.seeding.households import Households
from owners.seeding.plan import CommunityPlan, plans
from owners.seeding.stories import STORIES
from owners.seeding.words import Words
from owners.seeding.writer import Writer, ids_of
from owners.services.care import SOURCE
from properties.models import Building, Community, OrgNode, Place, Team, Unit
from properties.services.marks import rebuild_marks

KINDS = (OrgNode.Kind.GROUP, OrgNode.Kind.REGION, OrgNode.Kind.CITY)
TEAMS = (("客服班", "service"), ("工程班", "engineering"), ("秩序班", "order"), ("保洁班", "cleaning"))
PLACES = (
    ("东门", "gate"), ("西门", "gate"), ("中心花园", "garden"), ("儿童乐园", "playground"), ("环园路", "road"),
    ("配电房", "machine_room"), ("水泵房", "machine_room"), ("地下车库 A 区", "garage"),
)  # fmt: skip
# From here on a second process pays for its start.
MANY_UNITS = 20_000


@dataclass(frozen=True)
class Work:
    """One community to write, in whichever process: everything is given, nothing is looked up twice."""

    plan: CommunityPlan
    seed: int
    community_id: int
    first_number: int
    staff_id: int


@dataclass
class Result:
    """`digest` is the digest of the communities' digests, in order."""

    loaded: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    digest: str = ""


def draw(plan: CommunityPlan, seed: int) -> Drawn:
    """One community on paper; the same for the same seed, whatever else is drawn."""
    return Households(plan, Random(f"{plan.code} {seed}")).fill(STORIES.get(plan.code, {}))  # type: ignore[arg-type]  # noqa: S311


def load(scale: str, seed: int, tell: Callable[[str], None] = lambda _line: None) -> Result:
    wanted = plans(scale, seed)
    filled = Exists(Unit.objects.filter(community=OuterRef("pk")))
    existing = set(
        Community.objects.filter(filled, code__in=[plan.code for plan in wanted]).values_list("code", flat=True)
    )
    missing = [plan for plan in wanted if plan.code not in existing]
    result = Result(skipped=[plan.code for plan in wanted if plan.code in existing])
    if not missing:
        return result
    work = _prepare(missing, seed)
    total: dict[str, Any] = {}
    checksum, bought = hashlib.sha256(), {}
    for plan, (counters, digest, unowned) in zip(missing, _run(work), strict=True):
        figures.add(total, counters)
        checksum.update(digest.encode())
        result.loaded.append(plan.code)
        bought[plan.code] = unowned
        tell(f"{plan.name}：{plan.units:,} 套，{plan.persons:,} 人")
    _sell_to_neighbours(work, bought)
    rebuild_marks(SOURCE)
    _settle()
    result.figures, result.digest = figures.told(total), checksum.hexdigest()
    return result


def _prepare(missing: list[CommunityPlan], seed: int) -> list[Work]:
    """Tree, communities, and a block of customer numbers for each: small things, all in this process."""
    with transaction.atomic():
        staff = _keeper()
        first = take("KH", count=sum(plan.persons for plan in missing))
        work = []
        for plan in missing:
            work.append(Work(plan, seed, _community(plan).pk, first, staff.pk))
            first += plan.persons
    return work


def _keeper() -> User:
    """The clerk who keeps the sample files. She has no password, so nobody can sign in as her."""
    found = User.objects.filter(username="maxiaoting").first()
    if found is not None:
        return found
    return User.objects.create_user(
        "maxiaoting", None, display_name="马晓婷", position="客服管家", must_change_password=True
    )


def _community(plan: CommunityPlan) -> Community:
    node = None
    for kind, name in zip(KINDS, plan.node_path, strict=True):
        parent = node
        node = OrgNode.objects.filter(parent=parent, name=name).first()
        if node is None:
            node = OrgNode.objects.create(parent=parent, kind=kind, name=name, path="")
            node.path = f"{parent.path if parent else '/'}{node.pk}/"
            node.save(update_fields=["path"])
    assert node is not None  # KINDS names at least one
    city = plan.city
    community, _created = Community.objects.get_or_create(
        code=plan.code,
        defaults={
            "node": node, "name": plan.name, "short_name": plan.short_name, "province": city.province, "city": city.name,
            "district": city.district, "address": plan.address, "service_phone": f"{city.area_code}-0{plan.ordinal:06d}",
            "developer": f"{plan.short_name}置业有限公司", "completed_on": plan.completed_on, "taken_over_on": plan.completed_on,
        },
    )  # fmt: skip
    return community


def _run(work: list[Work]) -> Iterator[Any]:
    if sum(item.plan.units for item in work) < MANY_UNITS:
        yield from map(write_community, work)
        return
    connections.close_all()  # a forked process must not share this one's
    with multiprocessing.get_context("fork").Pool(2) as pool:
        yield from pool.imap(write_community, work)


def write_community(work: Work) -> tuple[dict[str, Any], str, list[int]]:
    """Draws and writes one community in one transaction; returns its counters, its digest and the ids of units without owner."""
    community = Community.objects.get(pk=work.community_id)
    drawn = draw(work.plan, work.seed)
    words = Words()
    with transaction.atomic():
        _gather_index_work()
        writer = Writer(drawn, community, work.first_number, work.staff_id, words)
        writer.write()
        _teams_and_places(community, words)
    return figures.of(drawn), figures.digest(drawn), ids_of(drawn.unowned, writer)


def _gather_index_work() -> None:
    """The search index takes its entries in large lots instead of 4 MB ones. Foreign keys are checked with each COPY: a queue of
    them at the end of the transaction takes five times as long."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL gin_pending_list_limit = '64MB'")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL synchronous_commit = off")


def _teams_and_places(community: Community, words: Words) -> None:
    Team.objects.bulk_create(
        Team(community=community, name=name, team_type_id=words["team_type", code], phone=community.service_phone)
        for name, code in TEAMS
    )
    places = [Place(community=community, name=name, place_type_id=words["place_type", code]) for name, code in PLACES]
    for building in Building.objects.filter(community=community, floors_above__gt=0):
        for entrance in range(1, (building.entrance_count or 1) + 1):
            names = [("大堂", "lobby")] + ([("1 号梯", "lift")] if building.lift_count else [])
            places += [
                Place(
                    community=community,
                    building=building,
                    entrance=str(entrance),
                    name=name,
                    place_type_id=words["place_type", code],
                )
                for name, code in names
            ]
    Place.objects.bulk_create(places)


def _sell_to_neighbours(work: list[Work], bought: dict[str, list[int]]) -> None:
    """Homes that were left without owner go to owners of the community before: people with homes in two places (R14)."""
    for before, item in pairwise(work):
        units = bought[item.plan.code]
        numbers = [f"KH{before.first_number + 3 * offset:06d}" for offset in range(len(units))]
        buyers = list(Owner.objects.filter(number__in=numbers).order_by("number").only("pk", "community_ids"))
        with transaction.atomic():
            Tenure.objects.bulk_create(
                Tenure(
                    owner=buyer,
                    unit_id=unit,
                    community_id=item.community_id,
                    role="owner",
                    share=100,
                    start=item.plan.completed_on,
                )
                for buyer, unit in zip(buyers, units, strict=False)
            )
            for buyer in buyers:
                buyer.community_ids = sorted({*buyer.community_ids, item.community_id})
            Owner.objects.bulk_update(buyers, ["community_ids"], batch_size=500)


def _settle() -> None:
    """Fresh statistics and merged search index; without the owner role PostgreSQL skips this and autovacuum does it later."""
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for table in (
            "owners_owner",
            "owners_ownerphone",
            "owners_tenure",
            "owners_vehicle",
            "properties_unit",
            "properties_building",
        ):
            cursor.execute(f"VACUUM (ANALYZE) {table}")
        cursor.execute("RESET statement_timeout")

"""The repairs of the city: people who repair and supervise in every community, and a million orders of three years."""

from typing import Any

from tests.bench import bulk

ORDERS = 1_000_000
REPAIRERS, LEADS = 12, ("clerk_lead", "engineer_lead", "manager")
FILES = ("orders.sql",)
# What is written in bulk, and so without its foreign keys and plain indexes until it stands.
TABLES = (
    "workorders_workorder", "workorders_orderclock", "workorders_escalation", "workorders_pause", "workorders_materialline",
    "workorders_rating", "workorders_checkpoint", "core_logentry", "owners_timelineentry",
)  # fmt: skip


def seed(orders: int = ORDERS) -> None:
    """Once; a second call finds them."""
    from workorders.models import WorkOrder

    if WorkOrder.objects.exists():
        return
    print(f"Seeding {orders:,} repairs …", flush=True)
    people()
    bulk.write(FILES, TABLES, facts(orders))


def facts(orders: int) -> dict[str, Any]:
    """What the file asks for by name."""
    from audit.models import User
    from core.models import DictItem
    from workorders.models import Material

    values = {"name": "角阀", "spec": "DN15", "measure": "个", "price": "18.50"}
    material, _made = Material.objects.get_or_create(code="BENCH1", defaults=values)
    return {
        "orders": orders,
        "desk": User.objects.get(username="bench-region-1").pk,
        "cause": DictItem.objects.get(type__code="fault_cause", code="ageing").pk,
        "material": material.pk,
    }


def people() -> None:
    """Twelve repairers in every community and those who answer for them; three for the region. Once."""
    from audit.models import Grant, Role, User
    from properties.models import Community
    from workorders.models import Repairer, Shift

    if User.objects.filter(username="bench-ten").exists():
        return
    communities = list(Community.objects.filter(code__startswith="C").order_by("pk"))
    roles = {role.code: role for role in Role.objects.all()}
    posts = [(f"bench-{code}-{c.code}", roles[code], [c.pk]) for c in communities for code in LEADS]
    posts += [
        (f"bench-repairer-{c.code}-{n}", roles["repairer"], [c.pk]) for c in communities for n in range(REPAIRERS)
    ]
    everywhere = [c.pk for c in communities]
    posts += [(f"bench-region-{n}", roles["group_quality"], everywhere) for n in (1, 2, 3)]
    posts += [("bench-ten", roles["clerk_lead"], everywhere[:10])]
    users = User.objects.bulk_create(
        User(username=name.lower(), password="!", display_name=called(at), must_change_password=False)
        for at, (name, _role, _places) in enumerate(posts)
    )
    Grant.objects.bulk_create(
        Grant(user=user, role=role, chosen_ids=places, community_ids=places)
        for user, (_name, role, places) in zip(users, posts, strict=True)
    )
    repairers = Repairer.objects.bulk_create(
        Repairer(user=user, community_id=places[0])
        for user, (_name, role, places) in zip(users, posts, strict=True)
        if role.code == "repairer"
    )
    _skills(repairers)
    Shift.objects.bulk_create(
        Shift(repairer=row, weekday=day, starts=510, ends=1080) for row in repairers for day in range(6)
    )


def _skills(repairers: list) -> None:
    from core.models import DictItem
    from workorders.models import Repairer

    skills = list(DictItem.objects.filter(type__code="skill").order_by("sort", "pk"))
    through = Repairer.skills.through
    through.objects.bulk_create(
        through(repairer=row, dictitem=skills[(at * 5 + n) % len(skills)])
        for at, row in enumerate(repairers)
        for n in range(4)
    )


def called(at: int) -> str:
    surnames, given = "赵钱孙李周吴郑王冯陈褚卫", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明"
    return surnames[at % len(surnames)] + given[at // len(surnames) % len(given)] + given[at * 7 % len(given)]

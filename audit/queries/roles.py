"""Which roles hold a permission: what a page says to somebody who may not do a thing himself."""

from collections.abc import Iterable

from django.db.models import Q

from audit.models import Role


def roles_holding(permissions: Iterable[str]) -> dict[str, list[str]]:
    """{permission: names of the roles}, in one query; permissions no role holds are left out."""
    wanted = {name: name.partition(".") for name in permissions if name}
    if not wanted:
        return {}
    either = Q()
    for app_label, _dot, codename in wanted.values():
        either |= Q(permissions__content_type__app_label=app_label, permissions__codename=codename)
    rows = Role.objects.filter(either).order_by("pk")
    found: dict[str, list[str]] = {}
    for app_label, code, name in rows.values_list(
        "permissions__content_type__app_label", "permissions__codename", "name"
    ):
        if f"{app_label}.{code}" in wanted:
            found.setdefault(f"{app_label}.{code}", []).append(str(name))
    return found

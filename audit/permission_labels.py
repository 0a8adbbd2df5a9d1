"""Permissions in words: 查看/新增/修改 and the model's name for Django's default ones, the declared name for ours; and which of
them are sensitive. One home for the matrix, the access page and the export."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_VERBS = {
    "view": gettext_lazy("查看"),
    "add": gettext_lazy("新增"),
    "change": gettext_lazy("修改"),
    "delete": gettext_lazy("删除"),
}
# What shows, carries away, brings in or hands out more than a page of work does.
_SENSITIVE = ("reveal_", "export_", "import_", "grant_", "reset_", "view_sensitive", "view_logentry")
# Which apps come first on the matrix: the estate and its people, the work, then the system itself.
_LAST = ("audit", "core")


@dataclass(frozen=True)
class PermissionFacts:
    """One permission as the pages show it."""

    id: int
    name: str
    label: str
    app_label: str
    app_name: str
    sensitive: bool


def is_sensitive(codename: str) -> bool:
    return codename.startswith(_SENSITIVE)


def label_of(permission: Permission) -> str:
    """查看住户; custom permissions carry their own Chinese name."""
    model = permission.content_type.model_class()
    verb, _sep, rest = permission.codename.partition("_")
    if model is not None and verb in _VERBS and rest == model._meta.model_name:
        return f"{_VERBS[verb]}{model._meta.verbose_name}"
    return _(permission.name) if permission.name else permission.codename


def own_apps() -> list[AppConfig]:
    """The apps of this house in the order of the matrix; libraries have permissions that mean nothing here."""
    found = [config for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR]
    return sorted(found, key=lambda config: (config.label in _LAST, _floor(config)))


def _floor(config: AppConfig) -> int:
    labels = [other.label for other in apps.get_app_configs()]
    return -labels.index(config.label)


def facts_of(permission: Permission) -> PermissionFacts:
    app = permission.content_type.app_label
    return PermissionFacts(
        permission.pk,
        f"{app}.{permission.codename}",
        label_of(permission),
        app,
        capfirst(str(apps.get_app_config(app).verbose_name)),
        is_sensitive(permission.codename),
    )


def all_permissions() -> list[PermissionFacts]:
    """Every permission of this house: apps by floor, models in the order they are declared, 查看 新增 修改 before the rest."""
    order = {config.label: place for place, config in enumerate(own_apps())}
    models = {model._meta.label_lower: place for place, model in enumerate(apps.get_models())}
    verbs = list(_VERBS)

    def key(row: Permission) -> tuple[Any, ...]:
        verb, _sep, rest = row.codename.partition("_")
        plain = verb in verbs and rest == row.content_type.model
        model = models.get(f"{row.content_type.app_label}.{row.content_type.model}", 0)
        return order[row.content_type.app_label], model, verbs.index(verb) if plain else len(verbs), row.pk

    rows = Permission.objects.filter(content_type__app_label__in=order).select_related("content_type")
    return [facts_of(row) for row in sorted(rows, key=key) if row.content_type.model_class() is not None]

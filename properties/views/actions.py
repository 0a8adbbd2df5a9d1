"""Buttons of the pages about one object, for those who may use them there."""

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from properties.policies import reaches


def stop_or_restore(obj: Any, user: Any) -> list[dict[str, Any]]:
    name = obj._meta.model_name
    if not reaches(user, f"properties.disable_{name}", obj):
        return []
    if obj.disabled_at:
        return [
            {
                "label": _("恢复"),
                "icon": "refresh",
                "url": reverse(f"properties:{name}_restore", args=[obj.pk]),
                "dialog": True,
            }
        ]
    return [
        {"label": _("停用"), "icon": "ban", "url": reverse(f"properties:{name}_disable", args=[obj.pk]), "dialog": True}
    ]


def edit(obj: models.Model, user: Any, *, primary: bool = False) -> list[dict[str, Any]]:
    name = obj._meta.model_name
    if not reaches(user, f"properties.change_{name}", obj):
        return []
    return [
        {
            "label": _("编辑"),
            "icon": "edit",
            "url": reverse(f"properties:{name}_update", args=[obj.pk]),
            "primary": primary,
        }
    ]

"""What a confirmation page says before something is stopped or restored: what hangs on it, with links."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from properties.queries import dependents

# Which list shows the rows of a model that hang on an object, and by which filter.
LISTS = {
    "properties.building": "properties:building_list",
    "properties.unit": "properties:unit_list",
    "properties.place": "properties:place_list",
    "properties.team": "properties:team_list",
}


def hanging_on(obj: models.Model) -> list[dict[str, Any]]:
    lines = []
    for label, words, count in dependents(obj):
        name = LISTS.get(label)
        url = f"{reverse(name)}?{obj._meta.model_name}={obj.pk}" if name else ""
        lines.append({"label": words, "value": f"{count:,}", "url": url})
    return lines


def on_stopping(sentence: Any, why_not: Callable[[Any], str] | None = None) -> Callable[[Any], dict[str, Any]]:
    """The consequence of stopping: the sentence, the counts, and why it cannot be done (if so)."""

    def consequence(obj: models.Model) -> dict[str, Any]:
        lines = hanging_on(obj)
        kept = _("下列资料都会保留，可以随时恢复。") if lines else _("可以随时恢复。")
        return {"consequence": f"{sentence}{kept}", "consequences": lines, "blocked": why_not(obj) if why_not else ""}

    return consequence


def on_restoring(obj: models.Model) -> dict[str, Any]:
    return {"consequence": _("恢复后又可以选用，原有资料不变。")}

"""Words for values: what the log and the preview print for ids, codes and dates."""

from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core.excel.cells import CLEAR
from core.excel.columns import Layout
from core.models import DictItem
from owners.importing.columns import by_key, columns
from owners.models import TenureRole
from properties.models import UnitKind
from properties.services.units import kind_of


class Labels:
    def __init__(self) -> None:
        self.today = timezone.localdate()
        self._shown: dict[tuple[str, Any], Any] = {}

    @cached_property
    def columns(self) -> dict[str, Any]:
        return by_key(columns())

    @cached_property
    def words(self) -> dict[str, dict[Any, str]]:
        return {
            key: {choice.value: choice.label for choice in column.choices()}
            for key, column in self.columns.items()
            if column.choices
        }

    @cached_property
    def _roles(self) -> dict[str, str]:
        return {value: str(label) for value, label in TenureRole.choices}

    @cached_property
    def _kinds(self) -> dict[int, str]:
        """The kind that code works with, for each unit type."""
        return {item.pk: str(kind_of(item)) for item in DictItem.objects.of("unit_type")}

    def role(self, value: str) -> str:
        return self._roles.get(value, value)

    def unit_kind(self, unit_type: int) -> str:
        return self._kinds.get(unit_type, UnitKind.HOME.value)

    def remembered(self, key: str, value: Any) -> Any:
        """The same as `shown`, for values that come again and again: a file has a few words, days and layouts. Areas are many, and
        those that are equal may be written differently."""
        if type(value) is Decimal:
            return str(value)
        found = self._shown.get((key, value))
        if found is None:
            found = self._shown[key, value] = self.shown(key, value)
        return found

    def shown(self, key: str, value: Any) -> Any:
        """A value as a person reads it."""
        if value is None or value is CLEAR or value == "":
            return ""
        if key in self.words:
            return self.words[key].get(value, str(value))
        if key == "layout":
            return layout_text(value)
        if isinstance(value, (bool, list)):
            return value if isinstance(value, list) else (_("是") if value else _("否"))
        return str(value)


def layout_text(value: Any) -> str:
    """3室2厅2卫1厨; parts of none are left out."""
    layout = Layout(*value)
    parts = (
        (layout.bedrooms, _("室")), (layout.living_rooms, _("厅")), (layout.bathrooms, _("卫")), (layout.kitchens, _("厨")),
    )  # fmt: skip
    return "".join(f"{count}{word}" for count, word in parts if count)

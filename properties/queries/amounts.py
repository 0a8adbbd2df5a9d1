"""How many units there are, in the words people count them by."""

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _

from properties.models import UnitKind


def amount(kinds: Iterable[str]) -> str:
    """The kinds of some units, one for each: 96 套，12 个车位. A car park has no 户, and neither has a row of store rooms."""
    return counted(Counter(kinds))


def counted(kinds: "Counter[str]") -> str:
    """The same from the count of each kind."""
    spaces, stores = kinds[UnitKind.PARKING], kinds[UnitKind.STORAGE]
    rooms = kinds.total() - spaces - stores
    words = [
        (rooms, _("%(n)s 套")),
        (spaces, _("%(n)s 个车位")),
        (stores, _("%(n)s 个储物间")),
    ]
    found = [word % {"n": f"{n:,}"} for n, word in words if n]
    return "，".join(found) or _("%(n)s 套") % {"n": 0}

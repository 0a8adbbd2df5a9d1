"""When each background process was last heard of."""

from datetime import datetime

from core.models import Heartbeat


def last_beats() -> dict[str, datetime]:
    return dict(Heartbeat.objects.values_list("name", "at"))

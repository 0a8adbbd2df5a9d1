"""Who acts: a user, an owner's session (portal) or the system. The log keeps type, id and a label."""

from dataclasses import dataclass
from typing import Any, Protocol


class Actor(Protocol):
    actor_type: str
    actor_id: int | None
    actor_label: str


@dataclass(frozen=True)
class SystemActor:
    """The machine itself: schedules, sweeps, seeds."""

    actor_type: str = "system"
    actor_id: int | None = None
    actor_label: str = "系统"
    pk: None = None


SYSTEM = SystemActor()


def user_id(actor: Any) -> int | None:
    """The id for a foreign key to the user table, None when the actor is not a user."""
    return actor.actor_id if actor.actor_type == "user" else None

"""Somebody who acts through a personal link, without having signed in."""

from dataclasses import dataclass

from owners.models import Owner


@dataclass(frozen=True)
class OwnerByLink:
    """The person to whom the link was sent; the log names him as it names a session of his."""

    owner: Owner
    actor_type: str = "owner"

    @property
    def pk(self) -> int:
        return self.owner.pk

    @property
    def actor_id(self) -> int:
        return self.owner.pk

    @property
    def actor_label(self) -> str:
        return self.owner.log_label

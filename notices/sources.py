"""What a delivery is about, in words: every floor that sends through the deliveries says it for its own kind of thing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

LINK_DAYS = timedelta(days=30)


@dataclass(frozen=True)
class Content:
    """`template` and `variables` for channels with registered texts, `subject` and `text` for those that carry free text.
    `address` is the URL name of the page behind the personal link, which takes its token; `purpose` is what the link is for.
    `marketing`: sent only to whom wants to be told of such things, and with a link of its own that ends it."""

    template: str
    variables: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""
    text: str = ""
    purpose: str = ""
    address: str = ""
    valid: timedelta = LINK_DAYS
    marketing: bool = False


# source id -> Content, or None when nothing is to be sent any more.
Builder = Callable[[int], Content | None]

_builders: dict[str, Builder] = {}


def register(source_type: str, builder: Builder) -> None:
    """Called in ready() by the app that owns the model (its label in lower case)."""
    _builders[source_type] = builder


def content(source_type: str, source_id: int) -> Content | None:
    builder = _builders.get(source_type)
    return builder(source_id) if builder else None

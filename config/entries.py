"""What the house's directory (config/menu.py, config/navigation.py) is made of: one class for each kind of entry."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class MenuCount:
    """A red count: `rows` is the dotted name of a function of user and community that gives what waits, `says` the word for it."""

    rows: str
    says: Any


@dataclass(frozen=True)
class MenuItem:
    """`match` lists the URL-name prefixes for which the entry is the current one. `here` names the list's filter that
    the link sets to the community in which the person works, so that it stands as a removable chip. `count` is fetched after the
    page, so that the menu is drawn once for everybody with the same rights."""

    label: Any
    icon: str
    url: str
    permission: str
    match: tuple[str, ...] = ()
    here: str = ""
    count: MenuCount | None = None

    @property
    def count_place(self) -> str:
        """The id of its badge on the page."""
        return "count-" + self.url.replace(":", "-") if self.count else ""


@dataclass(frozen=True)
class MenuGroup:
    label: Any
    items: tuple[MenuItem, ...]


@dataclass(frozen=True)
class FileTab:
    """A tab of the household file; `url` takes the primary key and answers a fragment, loaded when the tab is opened."""

    name: str
    label: Any
    url: str
    permission: str


@dataclass(frozen=True)
class CardPart:
    """What an upper floor adds to the card of a unit on the building grid; `url` takes the primary key and answers a fragment."""

    url: str
    permission: str


@dataclass(frozen=True)
class Card:
    """A to-do card of the workbench; `url` answers a fragment with its count. `colour` while there is something: what is late is red,
    what waits is orange."""

    name: str
    label: Any
    icon: str
    url: str
    permission: str
    colour: str = "orange"


@dataclass(frozen=True)
class UrgentSource:
    """A contribution to the workbench's table 先处理这些: `rows` is the dotted name of a function of user and number that gives
    core.urgent.Urgent lines."""

    rows: str
    permission: str


@dataclass(frozen=True)
class QuickAction:
    """A button of the workbench; `dialog` opens its page in place, `hotkey` (F2) presses it. `unless` names a permission whose holders
    have a better one."""

    label: Any
    icon: str
    url: str
    permission: str
    primary: bool = False
    dialog: bool = False
    hotkey: str = ""
    unless: str = ""


@dataclass(frozen=True)
class PageAct:
    """What an upper floor offers on a page of a lower one; `url` takes the primary key of what the page shows and answers a dialog."""

    label: Any
    icon: str
    url: str
    permission: str


@dataclass(frozen=True)
class PortalEntry:
    """A page of the owners' door. `places`: "tab" in the bar at the bottom, "home" among the services on the first page, "mine" on
    the page of one's own data. `main` marks the one filled service; `match` as in the menu."""

    label: Any
    icon: str
    url: str
    places: tuple[str, ...] = ("home",)
    match: tuple[str, ...] = ()
    main: bool = False

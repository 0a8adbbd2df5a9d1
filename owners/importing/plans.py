"""What the import thinks about while it decides: file rows, the units and the persons they speak of. Plain slots, because a file
has up to 200,000 rows and a worker 600 MB."""

from typing import Any

from core.excel.rows import CellError

Room = tuple[str, str, str]  # building, entrance ("" for none), number: canonical spelling


class FileRow:
    """One line of the file. `values` holds what its filled cells say; `digests` the blind indexes of its numbers."""

    __slots__ = (
        "adds", "digests", "errors", "id_index", "linked", "name_key", "notices", "number", "outcome", "person", "room", "sets",
        "tenure", "uid", "unit", "values",
    )  # fmt: skip

    def __init__(self, number: int, values: dict[str, Any], room: Room | None) -> None:
        self.number = number
        self.values = values
        self.room = room
        self.errors: list[CellError] = []
        self.notices: list[CellError] = []
        self.id_index: bytes | None = None
        self.digests: tuple[bytes, ...] = ()
        self.name_key = ""
        self.uid = ""
        self.unit: UnitPlan | None = None
        self.person: PersonPlan | None = None
        self.tenure: Any = None
        self.outcome = ""
        self.sets: dict[str, dict[str, list[Any]]] = {}
        self.adds: list[str] = []
        self.linked = False


class UnitPlan:
    """A unit of the file with everything its rows say about it; `fact` is what the database has."""

    __slots__ = ("blocked", "building", "building_id", "fact", "key", "rows", "said_by", "values")

    def __init__(self, key: Room) -> None:
        self.key = key
        self.rows: list[FileRow] = []
        self.values: dict[str, Any] = {}
        self.said_by: dict[str, FileRow] = {}
        self.fact: Any = None
        self.building: Any = None
        self.building_id: int = 0
        self.blocked = ""


class PersonPlan:
    """A person of the file, in one row or in many; `uid` is his for good when he is new."""

    __slots__ = ("fact", "linked", "rows", "uid", "values")

    def __init__(self, uid: str) -> None:
        self.uid = uid
        self.rows: list[FileRow] = []
        self.values: dict[str, Any] = {}
        self.fact: Any = None
        self.linked = False

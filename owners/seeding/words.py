"""Dictionary words by code, read once; a missing one is told by name."""

from core.models import DictItem


class Words:
    """`words["unit_type", "high_rise"]` is the id of that item; an empty code is no word."""

    def __init__(self) -> None:
        rows = DictItem.objects.values_list("type__code", "code", "pk", "name")
        self._ids = {(dictionary, code): pk for dictionary, code, pk, _name in rows}
        self.names = {(dictionary, code): name for dictionary, code, _pk, name in rows}

    def __getitem__(self, key: tuple[str, str]) -> int | None:
        if not key[1]:
            return None
        try:
            return self._ids[key]
        except KeyError:
            raise LookupError(f"字典 {key[0]} 里没有 {key[1]}：请先运行 manage.py migrate，它会补齐内置字典") from None

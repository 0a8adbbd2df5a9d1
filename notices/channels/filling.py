"""Filling {placeholders}: a name in braces stands for a value; everything else is kept as it is."""

import re
from collections.abc import Mapping
from typing import Any

_PLACE = re.compile(r"\{([a-z][a-z0-9_.]*)\}")


def names_in(value: Any) -> set[str]:
    """The placeholders of a text, or of all texts inside a JSON value."""
    if isinstance(value, str):
        return set(_PLACE.findall(value))
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set().union(*(names_in(part) for part in inner))


def fill(value: Any, values: Mapping[str, str]) -> Any:
    """Replaces placeholders in the texts of a JSON value. A value is put in as a whole and never read again, so nothing in it can
    add a field or another placeholder; an unknown name stays empty."""
    if isinstance(value, str):
        return _PLACE.sub(lambda match: values.get(match[1], ""), value)
    if isinstance(value, dict):
        return {key: fill(part, values) for key, part in value.items()}
    if isinstance(value, list):
        return [fill(part, values) for part in value]
    return value


def at_path(data: Any, path: str) -> Any:
    """The value at "result.items.0.id" of a JSON answer; None when there is none."""
    for part in path.split(".") if path else ():
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and part.isdecimal() and int(part) < len(data):
            data = data[int(part)]
        else:
            return None
    return data

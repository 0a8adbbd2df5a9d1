"""Text as people type it into text as the system keeps it.

Pure functions over `str`: no settings, no database. A value that cannot be kept raises
`BadValue` with a sentence for the user. The rules are those of DOMAIN.md 2.1; they are on the
hot path of imports (a million calls a file), so the common case costs one regular expression.
"""

from core.normalise.dates import checked_date, date_from_serial, parse_date_text
from core.normalise.identity import is_placeholder_id, normalise_id_number, normalise_plate
from core.normalise.moments import parse_moment_text
from core.normalise.numbers import checked_decimal, parse_decimal_text
from core.normalise.phones import is_placeholder_phone, normalise_phone
from core.normalise.text import NOTHING_WORDS, clean_line, clean_note, clean_text, normalise_name

__all__ = [
    "NOTHING_WORDS",
    "checked_date",
    "checked_decimal",
    "clean_line",
    "clean_note",
    "clean_text",
    "date_from_serial",
    "is_placeholder_id",
    "is_placeholder_phone",
    "normalise_id_number",
    "normalise_name",
    "normalise_phone",
    "normalise_plate",
    "parse_date_text",
    "parse_decimal_text",
    "parse_moment_text",
]

"""Owners' signatures among the files of an order: known by their name, because they are shown to fewer people than its photos."""

from typing import Any

from django.utils.translation import gettext_noop

# The name as it is stored, whatever language the page is read in.
SIGNED = gettext_noop("业主签字")


def signed(upload: Any) -> Any:
    """The uploaded signature, drawn on the screen or a photo of the signed slip, under the name by which it is known."""
    _stem, dot, extension = str(upload.name).rpartition(".")
    upload.name = f"{SIGNED}{dot}{extension}"
    return upload

"""QR codes as SVG that a strict content policy lets through: classes instead of styles, no script."""

from io import BytesIO

import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe


def qr_svg(text: str, css: str = "qr") -> SafeString:
    """Error correction M, a quiet zone of four modules: what a phone reads from a creased sheet."""
    out = BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", xmldecl=False, svgns=True, svgclass=css, lineclass=None, omitsize=True, border=4)
    return mark_safe(out.getvalue().decode())  # noqa: S308  made by the library from modules, the text is not in it


def absolute(path: str) -> str:
    return str(settings.PUBLIC_URL).rstrip("/") + path

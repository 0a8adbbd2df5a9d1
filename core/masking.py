"""How protected values look to people who may not see them (GB/T 35273 展示去标识化)."""


def mask_tail(value: str, head: int, tail: int) -> str:
    """Keeps `head` and `tail` characters and stars at most eight between them."""
    if not value:
        return ""
    if len(value) <= head + tail:
        return value[:1] + "*" * (len(value) - 1)
    stars = len(value) - head - tail
    return value[:head] + "*" * min(stars, 8) + (value[-tail:] if tail else "")


def mask_phone(value: str) -> str:
    """13800138000 -> 138****8000; landlines keep area code and the last two digits."""
    if len(value) == 11 and value.startswith("1"):
        return f"{value[:3]}****{value[-4:]}"
    return mask_tail(value, 4 if value.startswith(("0", "+")) else 2, 2)


def mask_id_number(value: str) -> str:
    """11010519491231002X -> 110105********002X (18 characters keep 6 and 4, others 2 and 2)."""
    return mask_tail(value, 6, 4) if len(value) == 18 else mask_tail(value, 2, 2)


def mask_name(value: str, organisation: bool = False) -> str:
    """王建国 -> 王*国, 王芳 -> 王*, 阿依古丽\u00b7买买提 -> 阿***提: at most three stars, whatever the length. Names of organisations
    are public and stay whole; who does not know says nothing and gets the mask."""
    if organisation or len(value) <= 1:
        return value
    return value[0] + "*" * min(max(len(value) - 2, 1), 3) + (value[-1] if len(value) > 2 else "")


def mask_email(value: str) -> str:
    local, at, domain = value.partition("@")
    return f"{local[:1]}***{at}{domain}" if at else mask_tail(value, 1, 0)


def mask_all(value: str) -> str:
    """For free text that may hold personal data: says only that there is something."""
    return "***" if value else ""

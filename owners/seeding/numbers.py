"""Phones, identity numbers and plates that are valid by pattern and belong to nobody.

Phones use mobile prefixes that were never issued (154, 160, 161, 163, 164, 168, 169) and landlines that begin with 0; identity
numbers use county codes from 99, which no place has. A sample can therefore never ring a stranger's phone.
"""

from datetime import date
from random import Random

_MOBILE_PREFIXES = ("154", "160", "161", "163", "164", "168", "169")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_PLATE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def mobile(random: Random) -> str:
    while True:
        tail = f"{random.randrange(10**8):08d}"
        if len(set(tail)) > 2:  # 15488888888 would count as a placeholder
            return random.choice(_MOBILE_PREFIXES) + tail


def landline(random: Random, area_code: str) -> str:
    digits = 8 if len(area_code) == 3 else 7
    return f"{area_code}-0{random.randrange(10 ** (digits - 1)):0{digits - 1}d}"


def identity(county: int, born: date, serial: int) -> str:
    """The 18 digits with their check digit (GB 11643); odd serials are men."""
    digits = f"99{county:04d}{born:%Y%m%d}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, _ID_WEIGHTS, strict=True))
    return digits + "10X98765432"[total % 11]


def credit_code(random: Random, county: int) -> str:
    """A unified social credit code with its check character (GB 32100)."""
    body = f"91{999000 + county % 1000}" + "".join(random.choice(_CREDIT_ALPHABET) for _ in range(9))
    total = sum(_CREDIT_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return body + _CREDIT_ALPHABET[(31 - total % 31) % 31]


def permit(random: Random, kind: str) -> str:
    """A passport or a travel permit."""
    if kind == "passport":
        return f"E{random.randrange(10**8):08d}"
    return f"{random.choice('HM') if kind == 'hk_macau' else ''}{random.randrange(10**8):08d}"


def plate(random: Random, prefix: str, electric: bool) -> str:
    """苏A8K621, or 苏AD12345 (new energy: D or F first). `prefix` is the province's character."""
    city = random.choice(_PLATE_LETTERS[:8])
    if electric:
        return f"{prefix}{city}{random.choice('DDDF')}{random.randrange(10**5):05d}"
    while True:
        tail = "".join(
            random.choice(_PLATE_CHARACTERS) if random.random() < 0.3 else str(random.randrange(10)) for _ in range(5)
        )
        if any(character.isdigit() for character in tail):
            return f"{prefix}{city}{tail}"

"""Field encryption: AES-256-GCM with a key ring from the environment (SECURITY 11.*).

A ciphertext is the text `v1:<key id>:<base64(nonce 12 bytes + ciphertext + tag 16 bytes)>`. The additional authenticated data
binds it to one column of one row, so it cannot be moved to another. Anything that does not carry the prefix is refused: a reader
that passes plaintext through would hide both a broken migration and an injected value.
"""

import base64
import os
from binascii import a2b_base64, b2a_base64
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = "v1"
NONCE_BYTES = 12


class DecryptError(Exception):
    """The stored value is not a ciphertext of this ring for this row and column."""


@dataclass(frozen=True)
class KeyRing:
    """Keys by id; the first one given writes, all of them read (rotation: put the new one in front)."""

    active: str
    ciphers: dict[str, AESGCM]

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        ciphers: dict[str, AESGCM] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            key_id, _, encoded = part.partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
            except ValueError:
                key = b""
            if not key_id or len(key) != 32:
                raise ImproperlyConfigured("FIELD_KEYS must be `id:base64 of 32 bytes`, several separated by commas.")
            ciphers[key_id] = AESGCM(key)
        if not ciphers:
            raise ImproperlyConfigured("FIELD_KEYS is empty.")
        return cls(next(iter(ciphers)), ciphers)

    def encrypt(self, plaintext: str, aad: bytes) -> str:
        nonce = os.urandom(NONCE_BYTES)
        sealed = self.ciphers[self.active].encrypt(nonce, plaintext.encode(), aad)
        return f"{VERSION}:{self.active}:{b2a_base64(nonce + sealed, newline=False).decode()}"

    def decrypt(self, ciphertext: str, aad: bytes) -> str:
        version, _, rest = ciphertext.partition(":")
        key_id, _, encoded = rest.partition(":")
        if version != VERSION or key_id not in self.ciphers:
            raise DecryptError("not a ciphertext of this key ring")
        raw = a2b_base64(encoded)
        try:
            return self.ciphers[key_id].decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], aad).decode()
        except InvalidTag:
            raise DecryptError("the ciphertext was changed or belongs to another row or column") from None


@lru_cache(maxsize=4)
def _parsed(text: str) -> KeyRing:
    return KeyRing.parse(text)


def ring() -> KeyRing:
    return _parsed(settings.FIELD_KEYS)


def binding(table: str, column: str, uid: object) -> bytes:
    """The additional authenticated data of one cell."""
    return f"{table}.{column}|{uid}".encode()

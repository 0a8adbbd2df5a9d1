"""The demo's secrets, generated once into `var/keys.json` (0600). Production takes them from the environment instead.

Losing this file means losing every encrypted field: it belongs to the data, and `make clean` removes both together.
"""

import base64
import contextlib
import json
import os
import secrets
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class DemoKeys:
    secret_key: str
    #: "kid:base64 of 32 bytes", as FIELD_KEYS has it; the first key encrypts, all of them decrypt.
    field_keys: str
    #: base64 of 32 bytes, as INDEX_KEY has it.
    index_key: str


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def demo_keys(var: Path | str) -> DemoKeys:
    """Read the keys, or make them. Two processes that start together agree: the first file to appear wins."""
    path = Path(var) / "keys.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        keys = DemoKeys(secrets.token_urlsafe(50), f"k1:{_random_key()}", _random_key())
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".keys-")
        with os.fdopen(handle, "w") as out:
            json.dump(asdict(keys), out, indent=1)
        # link() fails when the name exists, which rename() would silently replace together with its keys.
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
        os.unlink(name)
    return DemoKeys(**json.loads(path.read_text()))

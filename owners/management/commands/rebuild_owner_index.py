"""Recomputes search keys, communities and completeness of all owners; writes only rows that differ."""

import json
import time
from typing import Any

from django.core.management.base import BaseCommand

from owners.services.derived import all_owner_ids, refresh_owner


class Command(BaseCommand):
    help = "Recompute what follows from other rows on every owner (search keys, communities, completeness)."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        changed = refresh_owner(all_owner_ids())
        result = {"changed": changed, "seconds": round(time.monotonic() - started, 2)}
        if options["json"]:
            self.stdout.write(json.dumps(result))
        else:
            self.stdout.write(f"{changed} owners corrected in {result['seconds']} s")

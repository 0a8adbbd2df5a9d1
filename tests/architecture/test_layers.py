"""Floors and rooms: imports go downward only (ARCHITECTURE parts 1 and 2)."""

import subprocess
import sys
from pathlib import Path

from django.conf import settings


def test_imports_go_downward_only() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [str(program), "--no-cache"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr

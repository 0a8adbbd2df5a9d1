"""`make test`: find a browser and a Chinese font, start a throw-away PostgreSQL and Valkey, run pytest, stop them again."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE_DIR))

from config import embedded  # noqa: E402 - the project's folder has to be on the path first
from config.servers import ServerError  # noqa: E402

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Missing(Exception):
    pass


def _install(*packages: str) -> bool:
    """With Debian's package manager, when we may; its chatter is only shown when it fails."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Installing {', '.join(packages)} …", flush=True)
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run(
            ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=120", *words],
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        print(done.stdout[-2000:] + done.stderr[-2000:], file=sys.stderr)
    return done.returncode == 0


def _browser_on_path() -> str | None:
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def _playwrights_browser() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def find_browser() -> str:
    found = os.environ.get("MULIN_CHROMIUM") or _browser_on_path() or _playwrights_browser()
    if not found and _install("chromium"):
        found = _browser_on_path()
    if not found:
        raise Missing(
            "The tests need Chromium and found none: install chromium, or name its program in MULIN_CHROMIUM."
        )
    return found


def _has_chinese_font() -> bool:
    if sys.platform == "darwin":
        return True  # part of the system
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout.strip())


def need_chinese_font() -> None:
    if _has_chinese_font() or (_install("fontconfig", "fonts-noto-cjk") and _has_chinese_font()):
        return
    raise Missing(
        "The tests need a Chinese font, or screenshots would show boxes: install fontconfig and fonts-noto-cjk."
    )


def run_pytest(arguments: list[str], browser: str) -> int:
    var = BASE_DIR / "var" / "test"
    # A cluster left running by `python -m pytest` belongs to whoever works with it.
    ours = not any(embedded.is_running(var).values())
    try:
        servers = embedded.start(var, test=True)
        env = os.environ | servers.environment() | {"MULIN_VAR": str(var), "MULIN_CHROMIUM": browser}
        # worksteal: a worker that is done takes over from the one that drew the slow browser journeys.
        command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal", *arguments]
        return subprocess.run(command, cwd=BASE_DIR, env=env, check=False).returncode
    finally:
        if ours:
            embedded.stop(var)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        need_chinese_font()
        return run_pytest(sys.argv[1:], find_browser())
    except (Missing, ServerError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

"""`make run`: check the machine, bring up the servers, migrate, load the demo once, run the four processes, clean up.

The first lines must also run on a Python that is too old, to be able to say so.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)
NEEDED_BYTES = 1 << 30
READY_SECONDS = 60
RUNNING = "run.pids"
# As the C library says it, and PostgreSQL and Python after it.
NO_SPACE = ("No space left on device", "Disk quota exceeded")


class CannotStart(Exception):
    """One sentence, in English and Chinese, that says what to do."""


# -- the machine ---------------------------------------------------------------------------------
def check_python(version: tuple = tuple(sys.version_info[:3])) -> None:
    if version < OLDEST_PYTHON:
        have = ".".join(str(part) for part in version)
        raise CannotStart(
            f"Mulin needs Python 3.11 or newer; this is {have}. 需要 Python 3.11 或更高版本,当前为 {have}。"
        )


def check_disk(folder: Path, needed: int = NEEDED_BYTES) -> None:
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise CannotStart(
            f"Only {free >> 20} MB are free on the disk of {folder}; {needed >> 20} MB are needed. "
            f"磁盘空间不足:剩余 {free >> 20} MB,至少需要 {needed >> 20} MB。"
        )


def read_port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise CannotStart(
            f"PORT must be a number from 1 to 65535, not {text!r}. 环境变量 PORT 应为 1 到 65535 的数字。"
        )
    return int(text)


def check_port(port: int) -> None:
    taken = (
        f"Port {port} is taken; stop the other program or choose another: PORT={port % 65535 + 1} make run. "
        f"端口 {port} 已被占用,请换一个端口。"
    )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise CannotStart(
                f"Port {port} is reserved for root; choose one above 1023. 普通用户请使用 1023 以上的端口。"
            ) from None
        except OSError:
            raise CannotStart(taken) from None
    # macOS lets two programs bind the same port, one on all addresses and one on loopback; so knock as well.
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise CannotStart(taken)


# -- what has to be there before the processes start ---------------------------------------------
def manage(*words: str, env: dict, quiet: bool = False) -> int:
    """Run a management command; what it prints is shown, unless it only answers a question; errors always are."""
    shown = subprocess.DEVNULL if quiet else None
    command = [sys.executable, "manage.py", *words]
    done = subprocess.run(command, cwd=BASE_DIR, env=env, stdout=shown, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode and any(word in done.stderr for word in NO_SPACE):
        # Something else filled it since the check: seventy lines of traceback would say no more.
        raise CannotStart(
            f"The disk has become full while `manage.py {words[0]}` ran; free some space and start again. "
            "磁盘已写满,请清理后重新启动。"
        )
    sys.stderr.write(done.stderr)
    return done.returncode


def prepare_database(env: dict) -> None:
    # Asked at every start: the checks of the whole project belong to the migration itself, which runs them.
    if manage("migrate", "--check", "--skip-checks", env=env, quiet=True) == 0:
        return
    print("Preparing the database … 正在准备数据库 …", flush=True)
    if manage("migrate", "--no-input", "--verbosity", "0", env=env):
        raise CannotStart("The database could not be prepared; the reason is above. 数据库迁移失败,原因见上。")


def load_demo(var: Path, env: dict) -> None:
    """Demo data and accounts, once per database. The stamp is written last: a first start cut short is repeated."""
    stamp = var / "demo-loaded"
    if env["MULIN_ENV"] == "production" or stamp.exists():
        return
    print("Loading the demo data, only this once … 首次启动,正在生成演示数据 …", flush=True)
    # The staff come after the estate they are given, and before what they have written and repaired.
    written = ("seed_notices", "seed_workorders", "seed_complaints", "seed_enquiries", "seed_call_backs")
    for words in (("seed_demo", "--scale", "demo"), ("create_demo_accounts",), *((name,) for name in written)):
        if manage(*words, env=env, quiet=words[0] == "create_demo_accounts"):
            raise CannotStart(f"`manage.py {words[0]}` failed; the reason is above. 演示数据生成失败,原因见上。")
    accounts = var / "demo-accounts.txt"
    if accounts.exists():
        accounts.chmod(0o600)
    stamp.touch()


# -- the processes -------------------------------------------------------------------------------
def commands(port: int) -> dict[str, str]:
    """The four processes of the Procfile, sized for a demo. `exec`: signals must reach the program, not a shell around it.
    `--preload`: everything is imported once for both workers, while three other programs want the same cores."""
    python = f"exec '{sys.executable}'"
    celery = f"{python} -m celery --quiet -A config.celery:app"
    return {
        "web": f"{python} -m gunicorn config.wsgi:application --bind 127.0.0.1:{port} --worker-class gthread --workers 2 "
        "--threads 4 --timeout 60 --graceful-timeout 20 --log-level warning --no-control-socket --preload",
        "worker": f"{celery} worker --loglevel WARNING --without-gossip --without-mingle",
        "beat": f"{celery} beat --loglevel WARNING",
        "relay": f"{python} manage.py run_relay",
    }


def announce(port: int, var: Path, began: float, pids) -> None:
    """Say where it is as soon as the web process answers, and note the processes for `make stop`."""
    address = f"http://127.0.0.1:{port}"
    patience = time.monotonic() + READY_SECONDS
    while not _answers(f"{address}/livez"):
        if time.monotonic() > patience:  # a slow machine is not a broken one: say so and go on waiting
            print(f"Not answering yet, still waiting: {address}/   尚未就绪，继续等待", flush=True)
            patience += READY_SECONDS
        time.sleep(0.1)
    (var / RUNNING).write_text("\n".join(str(pid) for pid in [os.getpid(), *pids()]) + "\n")
    took = time.monotonic() - began
    ready = f"Mulin 睦邻 is ready after {took:.1f} s: {address}/   (Ctrl-C stops it, 按 Ctrl-C 停止)"
    lines = ["", ready, f"Owners' pages 住户端: {address}/m/", ""]
    accounts = var / "demo-accounts.txt"
    if accounts.exists():
        lines += [accounts.read_text().rstrip(), ""]
    print("\n".join(lines), flush=True)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2):
            return True
    except OSError:
        return False


def run_processes(port: int, var: Path, env: dict, began: float) -> int:
    from config.processes import Processes

    def on_start() -> None:
        threading.Thread(target=announce, args=(port, var, began, manager.pids), daemon=True).start()

    manager = Processes(on_start=on_start)
    for name, command in commands(port).items():
        extra = {"REMAP_SIGTERM": "SIGQUIT"} if name == "worker" else {}  # unfinished tasks go back to the queue
        manager.add_process(name, command, env=env | extra, cwd=str(BASE_DIR))
    try:
        manager.loop()
    finally:
        manager.finish()
        (var / RUNNING).unlink(missing_ok=True)
    return 0 if manager.asked_to_stop else manager.returncode or 1


def stop(var: Path) -> int:
    """`make stop`: end a running `make run`, or what a killed one has left behind, and the embedded servers."""
    from config import embedded
    from config.servers.postgres import command_line

    try:
        pids = [int(line) for line in (var / RUNNING).read_text().split()]
    except (FileNotFoundError, ValueError):
        pids = []
    for pid in pids:  # the first is the launcher, which stops the others by itself
        if any(
            mark in command_line(str(pid)) for mark in ("config.launch", "config.wsgi", "config.celery", "run_relay")
        ):
            os.kill(pid, signal.SIGTERM)
            _wait_for_end(pid)
    embedded.stop(var)
    (var / RUNNING).unlink(missing_ok=True)
    return 0


def _wait_for_end(pid: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)


# -- all together --------------------------------------------------------------------------------
def environment(var: Path) -> dict:
    env = dict(os.environ)
    env["MULIN_VAR"] = str(var)
    env.setdefault("MULIN_ENV", "demo")
    env["PYTHONUNBUFFERED"] = "1"
    # Celery warns at length when root runs it; messages are JSON only, so the danger it means (pickle) is not there.
    env["PYTHONWARNINGS"] = "ignore::UserWarning:celery.apps.worker,ignore::UserWarning:celery.platforms"
    return env


def launch(var: Path, began: float) -> int:
    from config import embedded
    from config.keys import demo_keys

    port = read_port(os.environ.get("PORT") or "8000")
    check_port(port)
    env = environment(var)
    demo = env["MULIN_ENV"] != "production"
    embed = demo and not (env.get("DATABASE_URL") and env.get("REDIS_URL"))
    # Servers that ran before us (a test, a second `make run`) are somebody else's to stop.
    ours = embed and not any(embedded.is_running(var).values())
    try:
        if embed:
            for name, value in embedded.start(var).environment().items():
                env.setdefault(name, value)
        if demo:
            demo_keys(var)
            (var / "static").mkdir(
                parents=True, exist_ok=True
            )  # files come from static/ itself; WhiteNoise asks for the folder
        prepare_database(env)
        load_demo(var, env)
        return run_processes(port, var, env, began)
    finally:
        if ours:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)  # impatience must not cut the database's stop short
            embedded.stop(var)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    began = time.monotonic()
    var = Path(os.environ.get("MULIN_VAR") or BASE_DIR / "var").resolve()
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        check_python()
        from config.servers import ServerError

        try:
            if sys.argv[1:] == ["stop"]:
                return stop(var)
            check_disk(var)
            return launch(var, began)
        except (ServerError, OSError) as error:  # an OSError names the file or right that is missing
            raise CannotStart(f"Cannot start: {error} 无法启动,原因见前。") from None
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

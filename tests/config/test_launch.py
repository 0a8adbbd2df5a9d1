"""What `make run` says when the machine is not as it should be, and the demo's keys."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config import launch
from config.keys import demo_keys

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def test_old_python_gets_one_sentence() -> None:
    with pytest.raises(launch.CannotStart, match=r"needs Python 3\.11 or newer; this is 3\.9\.2"):
        launch.check_python((3, 9, 2))
    launch.check_python((3, 11, 0))


def test_full_disk_gets_one_sentence_even_before_var_exists(tmp_path: Path) -> None:
    with pytest.raises(launch.CannotStart, match="MB are free"):
        launch.check_disk(tmp_path / "not" / "yet", needed=shutil.disk_usage(tmp_path).total * 2)
    launch.check_disk(tmp_path / "not" / "yet", needed=1)


def test_a_disk_that_fills_up_under_the_start_gets_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    program = "import sys; sys.exit('Traceback …\\n' * 70 + sys.argv[1])"
    (tmp_path / "manage.py").write_text(program)
    monkeypatch.setattr(launch, "BASE_DIR", tmp_path)
    with pytest.raises(launch.CannotStart, match="磁盘已写满"):
        launch.manage("could not extend file: No space left on device", env=dict(os.environ))
    assert capfd.readouterr().err == ""
    assert launch.manage("something else", env=dict(os.environ)) == 1  # whose reason is shown
    assert "something else" in capfd.readouterr().err


@pytest.mark.parametrize("text", ["http", "0", "65536", "-1", "８０００x", ""])
def test_port_that_is_no_port_gets_one_sentence(text: str) -> None:
    with pytest.raises(launch.CannotStart, match="PORT must be a number"):
        launch.read_port(text)


def test_taken_port_ends_the_start_before_anything_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        env = os.environ | {"PORT": str(port), "MULIN_VAR": str(tmp_path / "var")}
        command = [sys.executable, "-m", "config.launch"]
        done = subprocess.run(command, cwd=BASE_DIR, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"Port {port} is taken")
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "var").exists()


def test_a_slow_machine_hears_where_it_is_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "demo-accounts.txt").write_text("password Abcd-1234\n")
    asked = iter([False, False, True])
    monkeypatch.setattr(launch, "READY_SECONDS", -1)
    monkeypatch.setattr(launch, "_answers", lambda _address: next(asked))
    launch.announce(8000, tmp_path, 0.0, lambda: [])
    said = capsys.readouterr().out
    assert said.count("尚未就绪") == 2
    assert "http://127.0.0.1:8000/   (Ctrl-C" in said and "password Abcd-1234" in said


def test_stop_leaves_strangers_alone(tmp_path: Path) -> None:
    """A pid noted by a start that was killed may belong to any program by now."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        (tmp_path / launch.RUNNING).write_text(f"{stranger.pid}\n")
        assert launch.stop(tmp_path) == 0
        assert stranger.poll() is None
        stranger.communicate(b"\n")
    assert not (tmp_path / launch.RUNNING).exists()


def test_demo_keys_are_made_once_and_private(tmp_path: Path) -> None:
    keys = demo_keys(tmp_path)
    assert demo_keys(tmp_path) == keys
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]
    assert len({keys.secret_key, keys.field_keys, keys.index_key}) == 3


def test_pinned_requirements_name_no_host_and_hash_everything() -> None:
    for name in ("base.txt", "dev.txt"):
        text = (BASE_DIR / "requirements" / name).read_text()
        assert "://" not in text
        assert "index" not in text
        pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert pins
        assert all("==" in pin and pin.endswith("\\") for pin in pins)

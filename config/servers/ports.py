"""Ports on loopback: chosen once, kept as long as nobody else sits on them."""

import socket


def free_port(taken: int = 0) -> int:
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port != taken:
            return port


def usable(port: int, taken: int = 0) -> int:
    """The port of last time, or a new one when another program sits on it now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do: TIME_WAIT is not "taken"
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return free_port(taken)
    return port

"""The two servers a demo or a test brings along: PostgreSQL and Valkey, without root, Docker or a package manager.

Nothing here imports Django: the servers must be up before the settings can be read.
"""


class ServerError(Exception):
    """A server could not be started, found or stopped. The text is one sentence for the person at the terminal."""

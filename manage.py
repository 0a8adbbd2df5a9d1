#!/usr/bin/env python
"""Django's command-line entry point.

The application connects as a database role that may not change tables nor touch the operation log; the few commands that
must (migrations) run as the owner role, which is chosen here, before the settings are read.
"""

import os
import sys

# seed_demo fills tables that only their owner may then vacuum.
OWNER_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "showmigrations", "flush", "seed_demo"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("MULIN_DB_ROLE", "owner")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

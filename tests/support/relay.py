"""`python -m tests.support.relay`: the product's relay, as its command starts it."""

from django.core.management import execute_from_command_line

execute_from_command_line(["manage.py", "run_relay"])

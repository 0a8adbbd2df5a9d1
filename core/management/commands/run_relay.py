import signal
from typing import Any

from celery import Celery
from django.core.management.base import BaseCommand, CommandParser

from core.relay import Relay


class Command(BaseCommand):
    help = "Publishes job rows to the broker until it is told to stop (SIGTERM or Ctrl-C)."

    # It serves no page; whoever deploys has run the checks, and a restart should cost no second for them.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", default="relay", help="name of the heartbeat row, when several relays run")

    def handle(self, *args: Any, **options: Any) -> None:
        # A producer of its own with the same settings: this floor does not import the roof's application object.
        app = Celery("mulin-relay", set_as_current=False)
        app.config_from_object("django.conf:settings", namespace="CELERY")
        relay = Relay(app, options["name"])
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: relay.stop.set())
        relay.run()

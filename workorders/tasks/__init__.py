"""Celery tasks of the work orders; imported here so that Celery finds them with the package."""

from workorders.tasks import archiving, automatic, deadlines, reminders

__all__ = ["archiving", "automatic", "deadlines", "reminders"]

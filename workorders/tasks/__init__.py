"""Celery tasks of the work orders; imported here so that Celery finds them with the package."""

from workorders.tasks import archiving, deadlines, reminders

__all__ = ["archiving", "deadlines", "reminders"]

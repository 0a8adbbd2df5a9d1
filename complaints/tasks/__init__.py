"""Celery tasks of the complaints; imported here so that Celery finds them with the package."""

from complaints.tasks import deadlines, enquiries, reminders

__all__ = ["deadlines", "enquiries", "reminders"]

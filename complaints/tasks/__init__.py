"""Celery tasks of the complaints; imported here so that Celery finds them with the package."""

from complaints.tasks import deadlines, enquiries, low_ratings, reminders

__all__ = ["deadlines", "enquiries", "low_ratings", "reminders"]

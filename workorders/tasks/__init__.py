"""Celery tasks of the work orders; imported here so that Celery finds them with the package."""

from workorders.tasks import automatic

__all__ = ["automatic"]

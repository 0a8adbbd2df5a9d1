"""Sample repairs for the demo."""

from workorders.seeding.load import load

__all__ = ["load"]

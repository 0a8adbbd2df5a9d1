"""The demo's announcements: what a community would have sent in the last two weeks, in every state there is."""

from notices.seeding.load import load

__all__ = ["load"]

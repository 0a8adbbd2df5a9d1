"""Sample complaints, suggestions and praise for the demo."""

from complaints.seeding.load import load

__all__ = ["load"]

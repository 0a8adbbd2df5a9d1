"""What the portal and the pages read. `for_owner` is the portal's one entrance."""

from notices.queries.owners import for_owner

__all__ = ["for_owner"]

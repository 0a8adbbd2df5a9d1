"""Forms that begin in the community in which the person works."""

from typing import Any

from core.web.pages import CreateView
from properties.current import current_community


class CreateHere(CreateView):
    def initial(self) -> dict[str, Any]:
        current = current_community(self.request)
        return ({"community": current.pk} if current else {}) | super().initial()

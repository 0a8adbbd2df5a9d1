"""Forms that would move deadlines show which, and save when somebody has seen it."""

import hashlib
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.calendar import WorkClock
from core.calendar.affected import Affected, by_edit
from core.models import WorkCalendar


class Previewed:
    """Mixed into a form. `moved` is what saving would move. The answer carries `seen`, a mark of what was shown; another edit shows
    anew. The page shows both (templates/core/previewed_form.html)."""

    moved: list[Affected] = []
    seen = ""
    data: Any
    user: Any
    add_error: Any

    def look_first(self, calendar: WorkCalendar, new: WorkClock, **where: Any) -> None:
        """`where` narrows the question, see core.calendar.affected."""
        self.moved = by_edit(calendar, new, user=self.user, **where)
        if not self.moved:
            return
        words = f"{calendar.stamp}{new.weekly}{sorted(new.exceptions.items())}{sum(a.total for a in self.moved)}"
        self.seen = hashlib.sha256(words.encode()).hexdigest()[:16]
        if self.data.get("seen") != self.seen:
            self.add_error(None, _("这样改会移动一些未完成的时限，请看过“会变动的时限”，再点一次保存"))

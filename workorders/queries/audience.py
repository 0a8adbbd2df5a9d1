"""Who is told of an order's deadlines (audit.ladder)."""

from audit.ladder import HANDS, MANAGERS, REGION, SUPERVISORS, Ladder
from audit.models import User
from workorders.models import WorkOrder
from workorders.states import Level

_STEPS: dict[str, int] = {
    Level.REMIND: HANDS, Level.OVERDUE: SUPERVISORS, Level.MANAGER: MANAGERS, Level.REGION: REGION,
}  # fmt: skip


class Audience(Ladder):
    supervise, dispatch = "workorders.supervise_workorder", "workorders.dispatch_workorder"

    def of(self, order: WorkOrder, level: str) -> list[User]:
        return self.at(order, _STEPS[level])

    def hands(self, obj: WorkOrder) -> list[User]:
        return self.team_or(obj.assignee, obj.team)

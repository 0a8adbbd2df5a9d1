"""Who is told of a deadline, step by step (DOMAIN 2.2): whoever has the order, the supervisors there, the manager, the region."""

from collections.abc import Callable

from audit.models import User
from audit.queries.people import holders_of, role_holders
from audit.services.seeds import GROUP_QUALITY, MANAGER
from workorders.models import WorkOrder
from workorders.states import Level

SUPERVISE, DISPATCH = "workorders.supervise_workorder", "workorders.dispatch_workorder"


class Audience:
    """The people of one run, looked up once for each community. A step nobody stands on goes to the next one up: an overdue order is
    never told to nobody while there is somebody above."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int], list[User]] = {}

    def of(self, order: WorkOrder, level: str) -> list[User]:
        at = order.community_id
        if level == Level.REMIND:
            return self._hands(order) or self._dispatchers(at) or self.of(order, Level.OVERDUE)
        ladder: list[Callable[[int], list[User]]] = [self._supervisors, self._managers, self._region]
        first = {Level.OVERDUE: 0, Level.MANAGER: 1, Level.REGION: 2}[Level(level)]
        # Upward first; the top of the ladder falls back to whoever stands below.
        for people in (*ladder[first:], *reversed(ladder[:first])):
            if found := people(at):
                return found
        return []

    def _hands(self, order: WorkOrder) -> list[User]:
        if order.assignee is not None:
            return [order.assignee]
        if order.team is None:
            return []
        people = {person.pk: person for person in order.team.members.all() if person.is_active}
        if order.team.leader is not None:
            people[order.team.leader.pk] = order.team.leader
        return list(people.values())

    def _dispatchers(self, community_id: int) -> list[User]:
        return self._once("dispatch", community_id, lambda: holders_of(DISPATCH, [community_id]))

    def _supervisors(self, community_id: int) -> list[User]:
        """Everybody who may supervise there, but those the later steps are for."""

        def found() -> list[User]:
            above = {user.pk for user in (*self._managers(community_id), *self._region(community_id))}
            return [user for user in holders_of(SUPERVISE, [community_id]) if user.pk not in above]

        return self._once("supervise", community_id, found)

    def _managers(self, community_id: int) -> list[User]:
        return self._once("manager", community_id, lambda: role_holders(MANAGER, [community_id]))

    def _region(self, community_id: int) -> list[User]:
        return self._once("region", community_id, lambda: role_holders(GROUP_QUALITY, [community_id]))

    def _once(self, step: str, community_id: int, look: Callable[[], object]) -> list[User]:
        key = (step, community_id)
        if key not in self._found:
            self._found[key] = list(look())  # type: ignore[call-overload]
        return self._found[key]

"""Who is told of a deadline, step by step (DOMAIN 2.2): whoever has the thing, the supervisors there, the manager, the region."""

from collections.abc import Callable
from typing import Any

from audit.models import User
from audit.queries.people import Holders
from audit.services.seeds import GROUP_QUALITY, MANAGER

HANDS, SUPERVISORS, MANAGERS, REGION = range(4)


class Ladder:
    """The people of one run, looked up once for all communities. A step nobody stands on goes to the next one up: what is overdue is
    never told to nobody while there is somebody above. Apps say which permissions make a supervisor (`supervise`) and a dispatcher
    (`dispatch`), and in whose hands a thing is."""

    supervise: str
    dispatch: str

    def __init__(self) -> None:
        self._holders: dict[str, Holders] = {}
        self._found: dict[tuple[str, int], list[User]] = {}

    def hands(self, obj: Any) -> list[User]:
        raise NotImplementedError

    def at(self, obj: Any, step: int) -> list[User]:
        here = obj.community_id
        if step == HANDS:
            return self.hands(obj) or self._dispatchers(here) or self.at(obj, SUPERVISORS)
        rungs: list[Callable[[int], list[User]]] = [self._supervisors, self._managers, self._region]
        first = step - SUPERVISORS
        # Upward first; the top of the ladder falls back to whoever stands below.
        for people in (*rungs[first:], *reversed(rungs[:first])):
            if found := people(here):
                return found
        return []

    @staticmethod
    def team_or(person: User | None, team: Any) -> list[User]:
        """The person, else everybody active in the team, its leader included."""
        if person is not None:
            return [person]
        if team is None:
            return []
        people = {member.pk: member for member in team.members.all() if member.is_active}
        if team.leader is not None:
            people[team.leader.pk] = team.leader
        return list(people.values())

    def _dispatchers(self, community_id: int) -> list[User]:
        return self._once("dispatch", community_id, lambda: self._who(permission=self.dispatch).at(community_id))

    def _supervisors(self, community_id: int) -> list[User]:
        """Everybody who may supervise there, but those the later steps are for."""

        def found() -> list[User]:
            above = {user.pk for user in (*self._managers(community_id), *self._region(community_id))}
            return [user for user in self._who(permission=self.supervise).at(community_id) if user.pk not in above]

        return self._once("supervise", community_id, found)

    def _managers(self, community_id: int) -> list[User]:
        return self._once("manager", community_id, lambda: self._who(role=MANAGER).at(community_id))

    def _region(self, community_id: int) -> list[User]:
        return self._once("region", community_id, lambda: self._who(role=GROUP_QUALITY).at(community_id))

    def _who(self, *, permission: str = "", role: str = "") -> Holders:
        if (permission or role) not in self._holders:
            self._holders[permission or role] = Holders(permission=permission, role=role)
        return self._holders[permission or role]

    def _once(self, step: str, community_id: int, look: Callable[[], list[User]]) -> list[User]:
        key = (step, community_id)
        if key not in self._found:
            self._found[key] = look()
        return self._found[key]

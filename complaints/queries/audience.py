"""Who is told of a case's deadlines (audit.ladder). Of a confidential one only those who may open it."""

from audit.ladder import HANDS, MANAGERS, REGION, SUPERVISORS, Ladder
from audit.models import User
from complaints.models import Complaint
from complaints.policies import VIEW
from complaints.states import Clock, Step

_STEPS: dict[str, int] = {Step.REMIND: HANDS, Step.OVERDUE: SUPERVISORS, Step.MANAGER: MANAGERS, Step.REGION: REGION}


class Audience(Ladder):
    supervise, dispatch = "complaints.assign_complaint", "complaints.accept_complaint"

    def of(self, case: Complaint, clock: str, step: str) -> list[User]:
        """上报项目经理 is the manager's from its first step on."""
        return self._from(case, max(MANAGERS, _STEPS[step]) if clock == Clock.REPORT_UP else _STEPS[step])

    def managers_of(self, case: Complaint) -> list[User]:
        return self._from(case, MANAGERS)

    def hands_of(self, case: Complaint) -> list[User]:
        return self._from(case, HANDS)

    def supervisors_of(self, case: Complaint) -> list[User]:
        return self._from(case, SUPERVISORS)

    def takers(self, community_id: int) -> list[User]:
        """Whoever takes cases in there."""
        return self._dispatchers(community_id) or self._supervisors(community_id)

    def _from(self, case: Complaint, rung: int) -> list[User]:
        """Where nobody on a step may open the case, the next one up hears of it."""
        for step in range(rung, REGION + 1):
            if people := who_may_open(case, self.at(case, step)):
                return people
        return []

    def hands(self, obj: Complaint) -> list[User]:
        return self.team_or(obj.handler, obj.team)


def who_may_open(case: Complaint, people: list[User]) -> list[User]:
    if not case.confidential:
        return people
    return [person for person in people if Complaint.objects.visible_to(person, VIEW).filter(pk=case.pk).exists()]

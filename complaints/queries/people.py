"""Staff of a case: who may be given it, who it may be about, and how much each has in hand."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from audit.models import DataScope, Grant, User
from audit.queries.colleagues import colleagues_and
from complaints.models import Complaint
from complaints.policies import unfitness
from complaints.states import Status
from properties.models import Team

WORK = "complaints.work_complaint"
IN_HAND = (Status.WORKING, Status.ANSWERING)


def may_work_at(community_id: int) -> QuerySet[User]:
    """Active people who may work on cases there: by a role for the community, or for their own things with a grant there."""
    app_label, codename = WORK.split(".")
    reach = Q(role__data_scope=DataScope.ALL) | Q(community_ids__contains=[community_id])
    grants = Grant.objects.in_force().filter(
        reach, role__permissions__codename=codename, role__permissions__content_type__app_label=app_label
    )
    return User.objects.filter(pk__in=grants.values("user_id"), is_active=True)


def handlers_for(case: Complaint) -> list[tuple[User, int]]:
    """Who may be given the case, with what each has in hand, the least burdened first; nobody it is about, as far as
    policies.unfit says so."""
    why = unfitness(case)
    rows = [person for person in may_work_at(case.community_id).order_by("display_name", "pk") if not why(person)]
    load = dict(
        Complaint.objects.filter(handler__in=rows, status__in=IN_HAND).values_list("handler").annotate(n=Count("pk"))
    )
    return sorted(((person, load.get(person.pk, 0)) for person in rows), key=lambda pair: pair[1])


def staff_of(user: Any, case: Complaint | None) -> QuerySet[User]:
    """People a case can be about: whoever has a role where the reader works, the desk too, or is in a team there (who has only things of
    his own has no place in his role), and those it names already."""
    teams = Team.objects.visible_to(user, "complaints.add_complaint")
    if case is not None:
        teams = Team.objects.filter(community=case.community_id)
    near = colleagues_and(user, list(case.accused_people.all()) if case is not None else None)
    in_teams = Team.members.through.objects.filter(team__in=teams.order_by().values("pk"), user__is_active=True)
    leaders = User.objects.filter(pk__in=teams.order_by().values("leader"), is_active=True)
    known = Q(pk__in=near.order_by().values("pk")) | Q(pk__in=in_teams.values("user")) | Q(pk__in=leaders.values("pk"))
    return User.objects.filter(known).order_by("display_name", "pk")

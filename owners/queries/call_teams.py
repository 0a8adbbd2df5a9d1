"""Whose team a call-back counts for: the team of the person who called, or is to call, in the community of the call.

Who is in several teams of a community counts in one of them, so that lines add up: the first by name, those in use before others.
Members and leaders are those of today."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef

from properties.models import Team


def first_teams(communities: Iterable[int]) -> dict[tuple[int, int], int]:
    """{(community, person): the team there that the person counts for}."""
    here = Team.objects.filter(community__in=list(communities)).order_by("name")
    teams = sorted(
        here.values_list("pk", "community_id", "leader_id", "disabled_at"), key=lambda team: team[3] is not None
    )
    people: dict[int, set[int]] = {pk: {leader} if leader else set() for pk, _community, leader, _disabled in teams}
    joined = Team.members.through.objects.filter(team__in=here.order_by())
    for team, person in joined.values_list("team_id", "user_id"):
        people[team].add(person)
    found: dict[tuple[int, int], int] = {}
    for pk, community, _leader, _disabled in teams:
        for person in people[pk]:
            found.setdefault((community, person), pk)
    return found


def of_team(rows: Any, team: Team | None) -> Any:
    """What counts for a team; without one, what counts for none."""
    rows = rows.with_caller()
    if team is not None:
        teams = first_teams([team.community_id])
        people = [person for (_community, person), pk in teams.items() if pk == team.pk]
        return rows.filter(community=team.community_id, caller__in=people)
    led = Team.objects.filter(community=OuterRef("community"), leader=OuterRef("caller"))
    joined = Team.members.through.objects.filter(team__community=OuterRef("community"), user=OuterRef("caller"))
    return rows.filter(~Exists(led), ~Exists(joined))

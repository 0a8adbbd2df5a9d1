"""R26: the life of a correction, on the one helper of all state changes: every state with every action, and who may go which way."""

import itertools
from typing import Any

import pytest
from django.utils import timezone

from audit.states import available_actions, move
from core.errors import InvalidTransition, OutOfScope
from core.models import LogEntry
from owners.actors import OwnerByLink
from owners.models import Correction, Owner
from owners.services import corrections
from owners.states import REVIEW, TRANSITIONS, CorrectionAction, CorrectionStatus
from tests.factories.audit import UserFactory, user_with
from tests.factories.owners import OwnerFactory
from tests.factories.properties import CommunityFactory, UnitFactory

pytestmark = pytest.mark.django_db
PAIRS = list(itertools.product(CorrectionStatus.values, CorrectionAction.values))


@pytest.fixture
def owner() -> Owner:
    return OwnerFactory(units=[UnitFactory()])


def asked(owner: Owner, status: str = CorrectionStatus.WAITING) -> Correction:
    unit = owner.tenures.get().unit
    done = status in {CorrectionStatus.ADOPTED, CorrectionStatus.REJECTED}
    decided = {"decided_at": timezone.now(), "decided_by": UserFactory()} if done else {}
    return Correction.objects.create(
        owner=owner, unit=unit, community=unit.community, topic="email", act="change", status=status, **decided
    )


def reviewer(owner: Owner) -> Any:
    return user_with(REVIEW, communities=owner.community_ids)


def test_every_action_has_its_way() -> None:
    assert set(TRANSITIONS) == set(CorrectionAction.values)
    assert {way.target for way in TRANSITIONS.values()} == set(CorrectionStatus.values) - {CorrectionStatus.WAITING}


@pytest.mark.parametrize(("status", "action"), PAIRS)
def test_every_pair_moves_or_is_refused(owner: Owner, status: str, action: str) -> None:
    request, way = asked(owner, status), TRANSITIONS[action]
    by, values = OwnerByLink(owner), {}
    if way.permission:
        by = reviewer(owner)
        values = {"decided_at": timezone.now(), "decided_by": by}
    if status in way.sources:
        change = move(request, action, by=by, transitions=TRANSITIONS, **values)
        assert change == {"status": [CorrectionStatus(status).label, CorrectionStatus(way.target).label]}
        assert request.status == way.target == Correction.objects.get(pk=request.pk).status
    else:
        with pytest.raises(InvalidTransition) as refused:
            move(request, action, by=by, transitions=TRANSITIONS, **values)
        assert str(CorrectionStatus(status).label) in refused.value.sentence
        assert Correction.objects.get(pk=request.pk).status == status


@pytest.mark.parametrize("status", CorrectionStatus.values)
def test_what_is_offered_is_what_works(owner: Owner, status: str) -> None:
    request, waiting = asked(owner, status), status == CorrectionStatus.WAITING
    assert available_actions(reviewer(owner), request) == (["adopt", "reject"] if waiting else [])
    assert available_actions(OwnerByLink(owner), request) == (["withdraw"] if waiting else [])
    assert available_actions(OwnerByLink(OwnerFactory()), request) == []
    assert available_actions(user_with(REVIEW, communities=[CommunityFactory()]), request) == []


def test_each_way_is_open_to_its_own_people_only(owner: Owner) -> None:
    """Staff do not take back in an owner's name, an owner does not decide, and a user whose id is that of the owner is not he."""
    request, staff = asked(owner), reviewer(owner)
    refused = [
        (staff, CorrectionAction.WITHDRAW), (OwnerByLink(OwnerFactory()), CorrectionAction.WITHDRAW),
        (OwnerByLink(owner), CorrectionAction.ADOPT), (OwnerByLink(owner), CorrectionAction.REJECT),
        (user_with(), CorrectionAction.ADOPT), (user_with(REVIEW, communities=[CommunityFactory()]), CorrectionAction.REJECT),
    ]  # fmt: skip
    for by, action in refused:
        with pytest.raises(OutOfScope):
            move(request, action, by=by, transitions=TRANSITIONS)
    request.owner_id = staff.pk  # the numbers of users and owners are counted apart and may be equal
    with pytest.raises(OutOfScope):
        move(request, CorrectionAction.WITHDRAW, by=staff, transitions=TRANSITIONS)
    assert Correction.objects.get().status == CorrectionStatus.WAITING


def test_the_owner_takes_back_and_the_reviewer_learns_who_and_when(owner: Owner) -> None:
    request, staff = asked(owner), reviewer(owner)
    stale = Correction.objects.get(pk=request.pk)
    corrections.withdraw_correction(request, by=OwnerByLink(owner))
    entry = LogEntry.objects.get(action=corrections.WITHDRAWN)
    assert (entry.actor_type, entry.actor_id, entry.changes) == ("owner", owner.pk, {"status": ["待审核", "已撤回"]})
    with pytest.raises(InvalidTransition) as told:
        corrections.reject_correction(stale, by=staff, reason="不清楚")
    assert owner.log_label in told.value.sentence and "已撤回" in told.value.sentence
    with pytest.raises(InvalidTransition):
        corrections.withdraw_correction(request, by=OwnerByLink(owner))

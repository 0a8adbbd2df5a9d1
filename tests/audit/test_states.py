"""The helper of all state changes, on the machine of announcements: every state with every action."""

import itertools

import pytest
from django.utils import timezone

from audit.states import Transition, available_actions, move
from core import log
from core.actors import SYSTEM
from core.errors import BusinessError, InvalidTransition, OutOfScope
from notices.models import Notice
from notices.states import FROZEN, TRANSITIONS, Action, Status
from tests.factories.audit import user_with
from tests.factories.notices import NoticeFactory
from tests.factories.properties import CommunityFactory

PAIRS = list(itertools.product(Status.values, Action.values))
HELD = sorted({way.permission for way in TRANSITIONS.values() if way.permission})


def test_every_action_has_its_way():
    assert set(TRANSITIONS) == set(Action.values)
    assert all(way.sources <= set(Status.values) and way.target in Status.values for way in TRANSITIONS.values())


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "action"), PAIRS)
def test_every_pair_moves_or_is_refused(status, action):
    community = CommunityFactory()
    notice, person = NoticeFactory(community=community, status=status), user_with(*HELD, communities=[community])
    way = TRANSITIONS[action]
    values = {"published_at": timezone.now()} if way.target == Status.PUBLISHED else {}
    by = person if way.permission else SYSTEM
    if status in way.sources:
        change = move(notice, action, by=by, transitions=TRANSITIONS, **values)
        assert change == {"status": [Status(status).label, Status(way.target).label]}
        assert notice.status == way.target == Notice.objects.get(pk=notice.pk).status
    else:
        with pytest.raises(InvalidTransition) as refused:
            move(notice, action, by=by, transitions=TRANSITIONS, **values)
        assert str(Status(status).label) in refused.value.sentence
        assert Notice.objects.get(pk=notice.pk).status == status


@pytest.mark.django_db
@pytest.mark.parametrize("status", Status.values)
def test_what_is_offered_is_what_works(status):
    community = CommunityFactory()
    notice, person = NoticeFactory(community=community, status=status), user_with(*HELD, communities=[community])
    ways = {name for name, way in TRANSITIONS.items() if status in way.sources and way.permission}
    assert set(available_actions(person, notice)) == ways
    assert available_actions(user_with(*HELD, communities=[CommunityFactory()]), notice) == []
    assert available_actions(user_with(), notice) == []


@pytest.mark.django_db
def test_a_right_elsewhere_is_no_right_here():
    notice = NoticeFactory(community=CommunityFactory())
    stranger = user_with(*HELD, communities=[CommunityFactory()])
    with pytest.raises(OutOfScope):
        move(notice, Action.SUBMIT, by=stranger, transitions=TRANSITIONS)


@pytest.mark.django_db
def test_nobody_does_what_is_the_systems():
    community = CommunityFactory()
    notice = NoticeFactory(community=community, status=Status.PUBLISHED)
    with pytest.raises(OutOfScope):
        move(notice, Action.EXPIRE, by=user_with(*HELD, communities=[community]), transitions=TRANSITIONS)


@pytest.mark.django_db
def test_the_loser_learns_who_did_what_when():
    community = CommunityFactory()
    notice = NoticeFactory(community=community, status=Status.SUBMITTED)
    first = user_with(*HELD, communities=[community], display_name="张三")
    stale = Notice.objects.get(pk=notice.pk)
    change = move(notice, Action.APPROVE, by=first, transitions=TRANSITIONS)
    entry = log.record("notices.notice.approved", notice, by=first, changes=change)
    at = timezone.localtime(entry.at or log.LogEntry.objects.get(pk=entry.pk).at)
    with pytest.raises(InvalidTransition) as told:
        move(stale, Action.APPROVE, by=user_with(*HELD, communities=[community]), transitions=TRANSITIONS)
    assert "张三" in told.value.sentence and "待发布" in told.value.sentence and f"{at:%H:%M}" in told.value.sentence
    assert "发布" in told.value.fix
    assert stale.status == Status.APPROVED


@pytest.mark.django_db
def test_a_policy_refuses_with_its_reason():
    class No:
        reason = "不行"

        def __bool__(self):
            return False

    community = CommunityFactory()
    notice, person = NoticeFactory(community=community), user_with(*HELD, communities=[community])
    with pytest.raises(BusinessError, match="不行"):
        move(notice, Action.SUBMIT, by=person, transitions=TRANSITIONS, policy=lambda *_: No())
    assert available_actions(person, notice, policy=lambda *_: No()) == []


def test_frozen_states_lead_nowhere_back():
    ways: list[Transition] = [way for way in TRANSITIONS.values() if way.sources & FROZEN]
    assert {way.target for way in ways} <= FROZEN

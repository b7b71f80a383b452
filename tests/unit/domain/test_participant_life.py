"""A participant's state is a function of the acts that stand, whatever their order."""

from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msclinic.domain.participant_life import (
    ACTS,
    PARTS,
    STATES,
    LifeAct,
    ParticipantLife,
    allowed_acts,
    dose_bars,
    may_sample,
    may_visit,
    participant_life,
)

DAY = date(2026, 11, 23)
RANDOMISED = LifeAct("randomisation", DAY - timedelta(days=1))


def act(kind: str, *parts: str) -> LifeAct:
    return LifeAct(kind, DAY, frozenset(parts))


kinds = st.sampled_from([one for one in ACTS if one != "withdrawal"])
days = st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31))
plain = st.builds(LifeAct, kinds, days)
withdrawals = st.builds(
    LifeAct,
    st.just("withdrawal"),
    days,
    st.frozensets(st.sampled_from(PARTS), min_size=1),
)
acts = st.lists(plain | withdrawals, max_size=6)


@given(acts, days, st.randoms())
def test_the_order_in_which_acts_became_known_changes_nothing(found, first, random) -> None:
    mixed = list(found)
    random.shuffle(mixed)
    assert participant_life(mixed, first) == participant_life(found, first)


@given(acts, days)
def test_every_participant_stands_in_one_of_the_states(found, first) -> None:
    life = participant_life(found, first)
    assert life.state in STATES
    assert allowed_acts(life) <= set(ACTS)


@given(acts, days, plain | withdrawals)
def test_one_more_act_never_lifts_what_forbids_a_dose_but_randomisation(found, first, more) -> None:
    before = participant_life(found, first)
    after = participant_life([*found, more], first)
    if dose_bars(before) and more.kind != "randomisation":
        assert dose_bars(after)


@given(acts, days, plain | withdrawals)
def test_one_more_act_never_gives_samples_or_visits_back(found, first, more) -> None:
    before = participant_life(found, first)
    after = participant_life([*found, more], first)
    assert may_visit(before) or not may_visit(after)
    assert may_sample(before) or not may_sample(after)


@given(acts, days)
def test_who_stopped_withdrew_or_died_gets_no_infusion(found, first) -> None:
    life = participant_life(found, first)
    kinds_found = {one.kind for one in found}
    parts = {part for one in found for part in one.parts}
    if kinds_found & {"product_stop", "death", "transfer", "end_of_study", "lost_to_follow_up"}:
        assert dose_bars(life)
    if parts & {"product", "visits"}:
        assert dose_bars(life)


@pytest.mark.requirement("R-RET-2")
@given(acts, days)
def test_no_sample_after_withdrawal_from_samples_or_from_visits(found, first) -> None:
    parts = {part for one in found for part in one.parts}
    if parts & {"samples", "visits"}:
        assert not may_sample(participant_life(found, first))


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_three_withdrawals_are_three_facts(size: int) -> None:
    for parts in combinations(PARTS, size):
        life = participant_life([RANDOMISED, act("withdrawal", *parts)], DAY)
        assert life.withdrawn_from == set(parts)
        assert ("withdrawal" in allowed_acts(life)) is (size < 3)


def test_who_withdrew_from_samples_alone_goes_on_with_the_product() -> None:
    life = participant_life([RANDOMISED, act("withdrawal", "samples")], DAY)
    assert (life.state, dose_bars(life)) == ("on_product", ())
    assert may_visit(life)
    assert not may_sample(life)


def test_who_withdrew_from_the_product_alone_stays_in_follow_up() -> None:
    life = participant_life([RANDOMISED, act("withdrawal", "product")], DAY)
    assert life.state == "off_product"
    assert may_visit(life)
    assert may_sample(life)
    assert dose_bars(life) == ("WITHDREW_PRODUCT",)


@pytest.mark.parametrize("known", [act("withdrawal", "product"), act("product_stop")])
def test_without_the_product_before_randomisation_screening_goes_on_and_can_end(
    known: LifeAct,
) -> None:
    life = participant_life([known])
    assert life.state == "screened"
    assert {"screen_failure", "withdrawal", "death", "lost_to_follow_up", "transfer"} == (
        allowed_acts(life)
    )
    assert dose_bars(life)[0] == "NOT_RANDOMISED"
    assert participant_life([known, act("screen_failure")]).state == "screen_failed"
    assert participant_life([known, RANDOMISED]).state == "off_product"


@given(acts, days)
def test_only_who_was_randomised_or_dosed_completes_the_study(found, first) -> None:
    life = participant_life(found, first)
    if "end_of_study" in allowed_acts(life):
        assert life.randomised or life.dosed


def test_the_way_from_screening_to_the_product() -> None:
    screened = participant_life([])
    assert (screened.state, dose_bars(screened)) == ("screened", ("NOT_RANDOMISED",))
    randomised = participant_life([RANDOMISED])
    assert (randomised.state, randomised.since) == ("randomised", RANDOMISED.day)
    assert dose_bars(randomised) == ()
    dosed = participant_life([RANDOMISED], DAY)
    assert (dosed.state, dosed.since) == ("on_product", DAY)


def test_a_death_reported_after_a_loss_is_a_death() -> None:
    life = participant_life([act("death"), act("lost_to_follow_up")], DAY)
    assert life.state == "died"
    assert allowed_acts(life) == frozenset()


def test_a_screen_failure_can_be_screened_again_and_the_old_record_ends_there() -> None:
    failed = participant_life([act("screen_failure")])
    assert "rescreening" in allowed_acts(failed)
    again = participant_life([act("screen_failure"), act("rescreening")])
    assert again.state == "rescreened"
    assert allowed_acts(again) == frozenset()


def test_the_product_is_stopped_once() -> None:
    life = participant_life([RANDOMISED, act("product_stop")], DAY)
    assert "product_stop" not in allowed_acts(life)
    assert {"withdrawal", "end_of_study", "death"} <= allowed_acts(life)


def test_samples_can_be_withdrawn_after_the_end() -> None:
    life = participant_life([RANDOMISED, act("end_of_study")], DAY)
    assert allowed_acts(life) == {"withdrawal", "death"}


def test_an_unknown_act_is_no_act() -> None:
    with pytest.raises(ValueError, match="no act"):
        LifeAct("graduation")


def test_a_state_without_a_known_day_has_no_since() -> None:
    assert participant_life([LifeAct("death")], DAY) == ParticipantLife("died", None, dosed=True)

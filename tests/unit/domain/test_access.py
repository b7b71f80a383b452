"""Rights by name, and duties that must not meet in one person."""

from msclinic.domain.access import may, separation


def test_nothing_is_allowed_by_default() -> None:
    assert not may(frozenset(), "read:vital_signs")


def test_a_right_is_held_by_name_or_by_star() -> None:
    rights = frozenset({"read:*", "enter:vital_signs", "export"})
    assert may(rights, "read:infusion")
    assert may(rights, "enter:vital_signs")
    assert may(rights, "export")
    assert not may(rights, "enter:infusion")
    assert not may(rights, "read")


def test_a_star_of_another_verb_gives_nothing() -> None:
    assert not may(frozenset({"read:*"}), "sign:fit_to_dose")


def test_who_treats_a_participant_cannot_rate_that_participant() -> None:
    (conflict,) = separation([("PHY", "p1"), ("RAT", "p1")])
    assert conflict.code == "TREATS_AND_RATES"
    assert separation([("PHY", "p1"), ("RAT", "p2")]) == ()


def test_a_preparer_holds_no_masked_role() -> None:
    (conflict,) = separation([("PREP", ""), ("NUR", "")])
    assert (conflict.code, conflict.first, conflict.second) == (
        "UNMASKED_AND_MASKED",
        "PREP",
        "NUR",
    )


def test_an_account_is_of_the_site_or_of_the_sponsor() -> None:
    (conflict,) = separation([("CRC", ""), ("MON", "")], frozenset({"MON"}))
    assert conflict.code == "SITE_AND_SPONSOR"
    assert separation([("MON", ""), ("DM", "")], frozenset({"MON", "DM"})) == ()

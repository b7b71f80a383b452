"""No role gets a right that would tell its holder what they must not know."""

import re

import pytest
from tests.unit.study.spoiled import Change, found_in

from msclinic.shipped import shipped_study

RIGHTS = "rights.yaml"


def given(role: str, *rights: str) -> tuple[Change, int]:
    """Rights as the first of a role, and the line of the first."""
    text = (shipped_study() / RIGHTS).read_text("utf-8")
    found = re.search(rf"  - code: {role}\n(?:    .*\n)*?    rights:\n", text)
    assert found is not None
    line = text[: found.end()].count("\n") + 1
    more = "".join(f'      - "{right}"\n' for right in rights)
    return (RIGHTS, found.group(0), found.group(0) + more), line


FORBIDDEN = {
    "RAT": ["read:*", "enter:*", "read:adverse_event", "open:*", "infusion"],
    "ASSESSOR": ["read:*", "read:infusion", "documents"],
    "PREP": ["read:*", "read:vital_signs", "enter:fit_to_dose", "override"],
    "LABU": ["read:lab_safety"],
    "NUR": ["enter:product_release"],
    "PI": ["sign:*", "export:mask_guess", "export:*"],
    "CRC": ["export:mask_guess"],
    "ADMIN": ["read:*", "enrol"],
}


@pytest.mark.requirement("R-DAT-3", "R-USR-2")
@pytest.mark.parametrize("role", ["DM", "MON", "INSP"])
def test_a_sponsor_role_that_does_more_than_read_and_query_is_named(role: str):
    change, line = given(role, "enter:vital_signs", "sign:form_entered", "enrol", "blot")
    wanted = {(RIGHTS, line + place, role, "SPONSOR_RIGHTS") for place in range(4)}
    assert wanted <= found_in(change)


@pytest.mark.requirement("R-USR-3", "R-BLD-6")
@pytest.mark.parametrize("role", FORBIDDEN)
def test_a_right_against_the_mask_is_named_with_its_line(role: str):
    change, line = given(role, *FORBIDDEN[role])
    wanted = {(RIGHTS, line + place, role, "MASK_RIGHTS") for place in range(len(FORBIDDEN[role]))}
    assert wanted <= found_in(change)


def test_a_rater_who_is_not_masked_and_a_preparer_who_is_are_named():
    text = (shipped_study() / RIGHTS).read_text("utf-8")
    changes = []
    for role, now, wrong in (("RAT", "true", "false"), ("PREP", "false", "true")):
        block = re.search(rf"  - code: {role}\n(?:    .*\n)*?    masked: {now}\n", text)
        assert block is not None
        masked = block.group(0).replace(f"masked: {now}", f"masked: {wrong}")
        changes.append((RIGHTS, block.group(0), masked))
    found = found_in(*changes)
    assert {item for _, _, item, code in found if code == "MASK_RIGHTS"} >= {"RAT", "PREP"}


def test_a_rater_may_still_read_the_own_examination():
    text = (shipped_study() / RIGHTS).read_text("utf-8")
    assert '- "read:edss"' in text
    assert found_in() == set()

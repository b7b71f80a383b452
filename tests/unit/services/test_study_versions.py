"""Another version of the study: two signatures, history, and what came in under the one before."""

import shutil
from decimal import Decimal

import pytest
from tests.clinic import PASSWORDS, Clinic

from msclinic.domain.errors import UserError
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import recording
from msclinic.services.session import Refused, active_study
from msclinic.services.study_versions import activate, late_entries, versions
from msclinic.services.verifying import prove_home
from msclinic.shipped import shipped_study
from msclinic.study import Study, load_study

BOTH = (PASSWORDS["ADMIN-01"], PASSWORDS["PI-01"])


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The shipped study under another label."""
    folder = tmp_path_factory.mktemp("study") / "forms"
    shutil.copytree(shipped_study(), folder)
    file = folder / "study.yaml"
    text = file.read_text("utf-8")
    label = load_study(shipped_study()).version_label
    changed = text.replace(f'version: "{label}"', 'version: "next"')
    assert changed != text
    file.write_text(changed, "utf-8")
    return load_study(folder)


def put_into_force(clinic: Clinic, study: Study, passwords: tuple[str, str] = BOTH) -> None:
    activate(clinic.session("ADMIN-01"), clinic.session("PI-01"), study, passwords)


@pytest.mark.requirement("R-VAL-2")
def test_two_people_sign_and_what_was_before_keeps_its_version(clinic, newer):
    participant = clinic.enrol(1)
    old = clinic.session("ADMIN-01").study.version
    put_into_force(clinic, newer)
    admin = clinic.session("ADMIN-01")
    assert admin.study.version == clinic.session("PI-01").study.version == newer.version
    now, before = versions(admin)
    assert (now.version, now.label, now.until, now.late) == (newer.version, "next", None, 0)
    assert [(by.account, by.role) for by in now.signers] == [("ADMIN-01", "ADMIN"), ("PI-01", "PI")]
    assert (before.version, before.until) == (old, now.since)
    with admin.store.read() as reader:
        of_them = [one.entry for one in reader.entries() if one.entry.participant == participant]
    assert {one.study_version for one in of_them} == {old}
    clinic.close()
    assert prove_home(clinic.home, "MON-01", PASSWORDS["MON-01"]).faults == ()


@pytest.mark.requirement("R-VAL-2")
def test_what_comes_in_under_the_version_before_is_kept_and_listed(clinic, newer):
    participant = clinic.enrol(1)
    nurse = clinic.session("NUR-04")
    put_into_force(clinic, newer)
    vitals = FormEntry(nurse, participant, "SCR", "vital_signs")
    assert vitals.answer(vitals.ref("WEIGHT"), Decimal("71.5")).accepted
    _, before = versions(nurse)
    assert before.late > 0
    listed = late_entries(clinic.session("PI-01"))
    assert {one.version for one in listed} == {before.version}
    assert any(one.path.endswith("/WEIGHT") and one.actor == "NUR-04" for one in listed)
    with nurse.store.read() as reader:
        assert [h.value for h in reader.heads(participant=participant, item="WEIGHT")]


def test_a_version_that_comes_back_is_not_late_while_it_is_in_force(clinic, newer):
    first = clinic.session("ADMIN-01").study
    put_into_force(clinic, newer)
    put_into_force(clinic, first)
    clinic.enrol(1)
    assert [(one.version, one.late) for one in versions(clinic.session("PI-01"))] == [
        (first.version, 0),
        (newer.version, 0),
        (first.version, 0),
    ]


def test_one_signature_alone_puts_nothing_into_force(clinic, newer):
    admin = clinic.session("ADMIN-01")
    old = admin.study.version
    with recording(admin) as act:
        act.uow.put_study(newer.version, newer.content)
        value = {"type": "study", "version": newer.version, "step": "1"}
        act.set("study_activated", "study/active", value)
    with admin.store.read() as reader:
        assert active_study(reader).version == old
    assert [one.version for one in versions(admin)] == [old]


@pytest.mark.requirement("R-VAL-2", "R-SIG-4")
@pytest.mark.parametrize(
    ("first", "second", "passwords", "code"),
    [
        ("ADMIN-01", "PI-01", (BOTH[0], "not this one at all"), "wrong_password"),
        ("ADMIN-01", "PI-01", ("not this one at all", BOTH[1]), "wrong_password"),
        ("ADMIN-01", "NUR-04", BOTH, "not_allowed"),
        ("NUR-04", "PI-01", BOTH, "not_allowed"),
        ("PI-01", "PI-01", (BOTH[1], BOTH[1]), "two_roles_sign"),
    ],
)
def test_whoever_may_not_or_types_wrong_changes_nothing(
    clinic, newer, first, second, passwords, code
):
    with pytest.raises(Refused) as refused:
        activate(clinic.session(first), clinic.session(second), newer, passwords)
    assert refused.value.code == code
    with clinic.session("ADMIN-01").store.read() as reader:
        assert active_study(reader).version != newer.version
        assert reader.study_content(newer.version) is None


def test_the_version_in_force_is_not_put_into_force_again(clinic):
    with pytest.raises(UserError) as refused:
        put_into_force(clinic, clinic.session("ADMIN-01").study)
    assert refused.value.code == "study_in_force"


def test_who_does_not_read_the_journal_lists_no_late_entries(clinic):
    with pytest.raises(Refused):
        late_entries(clinic.session("RAT-02"))

"""Security incidents are listed, told in words, and handed out as a file."""

import csv
import json
from datetime import timedelta

import pytest
from tests.clinic import Clinic

from msclinic.domain.errors import UserError
from msclinic.services.people.incidents import export_incidents, incidents, record_incident
from msclinic.services.people.leavers import strike_off
from msclinic.services.session import Refused


@pytest.mark.requirement("R-SEC-5")
def test_a_reported_incident_says_until_when_a_breach_is_reported(clinic: Clinic) -> None:
    nurse = clinic.session("NUR-04")
    noticed = nurse.now() - timedelta(hours=2)
    record_incident(nurse, "A laptop was lost.", noticed)
    (found,) = incidents(clinic.session("PI-01"))
    assert (found.kind, found.by, found.at) == ("reported", "NUR-04", noticed)
    assert found.report_by == noticed + timedelta(hours=72)


def test_a_leaver_is_told_among_them(clinic: Clinic) -> None:
    strike_off(clinic.session("ADMIN-01"), "NUR-06")
    (found,) = incidents(clinic.session("PI-01"))
    assert (found.kind, found.account) == ("account_left", "NUR-06")


@pytest.mark.requirement("R-SEC-5")
def test_the_list_is_written_as_csv_and_as_json(clinic: Clinic, tmp_path) -> None:
    pi = clinic.session("PI-01")
    record_incident(pi, "=1+1", pi.now())
    export_incidents(pi, tmp_path / "list.csv")
    export_incidents(pi, tmp_path / "list.json")
    with (tmp_path / "list.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    (same,) = json.loads((tmp_path / "list.json").read_text("utf-8"))["incidents"]
    assert row == same
    assert row["words"] == "'=1+1"


def test_an_incident_without_words_or_of_tomorrow_is_refused(clinic: Clinic) -> None:
    nurse = clinic.session("NUR-04")
    for words, noticed in ((" ", nurse.now()), ("lost", nurse.now() + timedelta(days=1))):
        with pytest.raises(UserError):
            record_incident(nurse, words, noticed)


@pytest.mark.requirement("R-DAT-3")
def test_the_sponsor_reads_them_and_writes_none(clinic: Clinic) -> None:
    monitor = clinic.session("MON-01")
    assert incidents(monitor) == ()
    with pytest.raises(Refused):
        record_incident(monitor, "something", monitor.now())


def test_nurses_and_raters_do_not_read_them(clinic: Clinic) -> None:
    for account in ("NUR-04", "RAT-02", "PREP-01"):
        with pytest.raises(Refused):
            incidents(clinic.session(account))

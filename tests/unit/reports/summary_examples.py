"""A made-up infusion visit, in English and Polish, for the tests of documents."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from msclinic.reports.day_model import (
    Absent,
    ChecklistItem,
    ChecklistSection,
    DuePoint,
    Fact,
    Gate,
    Infusion,
    Interruption,
    RateStep,
    Signer,
    VitalLimits,
    VitalsRow,
)
from msclinic.reports.summary_model import (
    AdverseEvent,
    Banner,
    Deviation,
    Edss,
    EdssTrend,
    FsGrade,
    Note,
    Provenance,
    Signature,
    StudyFacts,
    TrendPoint,
    VisitFacts,
    VisitSummary,
)

WARSAW = ZoneInfo("Europe/Warsaw")
DAY = date(2026, 8, 27)
LIMITS = VitalLimits(
    systolic=(Decimal(90), Decimal(160)),
    diastolic=(Decimal(50), Decimal(100)),
    pulse=(Decimal(50), Decimal(110)),
    respiration=(Decimal(10), Decimal(24)),
    spo2=Decimal(94),
    temperature=(Decimal("35.5"), Decimal("37.7")),
)


def at(hour: int, minute: int, second: int = 0) -> datetime:
    """A moment of the visit day, by the clock of the site."""
    return datetime(2026, 8, 27, hour, minute, second, tzinfo=WARSAW).astimezone(UTC)


def vitals_row(label: str, when: datetime, values: str, news2: int | None = 0) -> VitalsRow:
    """A set of vital signs from ``systolic diastolic pulse respiration spo2 temperature``."""
    systolic, diastolic, pulse, breaths, spo2, warm = map(Decimal, values.split())
    return VitalsRow(label, when, systolic, diastolic, pulse, breaths, spo2, warm, news2=news2)


_CHECKLIST = (
    (
        "A",
        ("Arrival and fit to dose", "Przyjęcie i kwalifikacja do infuzji"),
        (
            ("A01", "Identity: subject code", "Tożsamość: kod uczestnika"),
            ("A02", "Identity: year of birth", "Tożsamość: rok urodzenia"),
            ("A03", "Visit inside window", "Wizyta w oknie"),
            ("A04", "Consent version current", "Aktualna wersja zgody"),
            ("A07", "No infection now", "Bez oznak zakażenia"),
            ("A08", "No relapse since last visit", "Bez rzutu od ostatniej wizyty"),
            ("A11", "Medicines reviewed", "Przejrzano leki"),
            ("A14", "Allergies reviewed", "Przejrzano uczulenia"),
            ("A16", "Pregnancy test", "Test ciążowy"),
            ("A18", "Weight", "Masa ciała"),
            ("A24", "IV cannula", "Kaniula dożylna"),
            ("A25", "Emergency equipment at hand", "Zestaw ratunkowy pod ręką"),
            ("A26", "Physician on site", "Lekarz na miejscu"),
        ),
    ),
    (
        "C",
        ("Bedside two-person check", "Kontrola dwóch osób przy łóżku"),
        (
            ("C01", "Kit number on bag", "Numer zestawu na worku"),
            ("C02", "Subject code on bag", "Kod uczestnika na worku"),
            ("C04", "Use-before late enough", "Termin zużycia wystarcza"),
            ("C05", "Cover intact, seal whole", "Osłona i plomba nienaruszone"),
            ("C06", "Volume and rate steps", "Objętość i prędkości"),
            ("C08", "Allergies read aloud", "Uczulenia odczytano na głos"),
        ),
    ),
    (
        "E",
        ("After infusion and closure", "Po infuzji i zakończenie"),
        (
            ("E02", "Observation length", "Czas obserwacji"),
            ("E03", "Cannula out", "Usunięto kaniulę"),
            ("E06", "Advice sheet given", "Wydano zalecenia"),
            ("E07", "Next visit and calls booked", "Umówiono wizytę i telefony"),
        ),
    ),
)


def infusion_visit(language: str = "en", *, draft: bool = False) -> VisitSummary:
    """A visit with an infusion, a pause, an examination and a few findings."""
    second = language == "pl"

    def say(english: str, polish: str) -> str:
        return polish if second else english

    nurse = say("Infusion nurse", "Pielęgniarka")
    physician = say("Treating physician", "Lekarz prowadzący")
    phy = Signer("PHY 01", physician, at(9, 52))
    checklist = []
    for code, title, items in _CHECKLIST:
        made = []
        for item, english, polish in items:
            label = say(english, polish)
            if item == "A18":
                made.append(ChecklistItem(item, label, "passed", say("72.4 kg", "72,4 kg")))
            elif item == "A03":
                made.append(ChecklistItem(item, label, "passed", say("91 days", "91 dni")))
            elif item == "A16":
                made.append(ChecklistItem(item, label, "not_applicable", say("male", "mężczyzna")))
            elif item == "A24":
                note = say(
                    "Third attempt, left forearm 22 G.", "Trzecia próba, lewe przedramię 22 G."
                )
                made.append(ChecklistItem(item, label, "failed", "", note, phy))
            elif item == "E07":
                note = say("Participant will ring on Monday.", "Uczestnik zadzwoni w poniedziałek.")
                made.append(ChecklistItem(item, label, "not_done", "", note))
            else:
                made.append(ChecklistItem(item, label, "passed"))
        checklist.append(ChecklistSection(code, say(*title), tuple(made)))
    points = (
        (say("Base", "Wyj."), at(10, 20), "126 80 74 14 98 36.6"),
        ("T15", at(10, 46), "124 78 76 14 98 36.7"),
        ("T30", at(11, 1), "122 76 78 15 97 36.7"),
        ("T45", at(11, 16), "120 76 80 16 97 36.8"),
        (say("End", "Koniec"), at(11, 43), "121 75 79 15 97 36.8"),
        ("+30", at(12, 13), "124 78 76 14 98 36.7"),
        ("+60", at(12, 43), "125 79 74 14 98 36.6"),
    )
    return VisitSummary(
        study=StudyFacts("NCT07146087", "", "PL01", say("Warsaw", "Warszawa"), "1.4"),
        banner=Banner(
            "PL01-007",
            1981,
            say("M", "M"),
            "SPMS",
            (say("Penicillin: rash", "Penicylina: wysypka"),),
        ),
        visit=VisitFacts(
            "V2",
            say("Month 3", "Miesiąc 3"),
            DAY,
            94,
            2,
            date(2026, 8, 25),
            (date(2026, 8, 18), date(2026, 9, 1)),
            "inside",
            93,
            93,
            at(12, 52),
            say("home, with escort", "do domu, z opiekunem"),
        ),
        provenance=Provenance(
            at(13, 24, 5),
            4812,
            "8f31c20a77de01b29c3a55e0d1f4" + "0" * 36,
            "b7d2019ac4e85f6012aa" + "0" * 44,
            "0.1.0",
            language,
        ),
        zone=WARSAW,
        draft=draft,
        checklist=tuple(checklist),
        gates=(
            Gate("G1", say("Fit to dose", "Kwalifikacja do infuzji"), "signed", (phy,)),
            Gate(
                "G2",
                say("Product released", "Produkt zwolniony"),
                "signed",
                (
                    Signer("PREP 01", say("Preparer", "Osoba przygotowująca"), at(9, 40)),
                    Signer("PREP 02", say("Preparer", "Osoba przygotowująca"), at(9, 44)),
                ),
            ),
            Gate(
                "G3",
                say("Bedside check", "Kontrola przy łóżku"),
                "signed",
                (Signer("NUR 04", nurse, at(10, 24)), Signer("NUR 02", nurse, at(10, 26))),
            ),
            Gate(
                "G6",
                say("Discharge", "Wypis"),
                "void",
                (Signer("NUR 04", nurse, at(12, 50)),),
                say("Temperature corrected at 12:58.", "Poprawiono temperaturę o 12:58."),
            ),
        ),
        infusion=Infusion(
            "K-203391",
            at(13, 5),
            at(10, 31),
            at(11, 42, 30),
            Decimal("100.0"),
            Decimal("100.0"),
            Decimal("0.0"),
            (
                RateStep(Decimal(50), at(10, 31), at(10, 46)),
                RateStep(Decimal(100), at(10, 46), at(11, 42, 30)),
            ),
            (
                Interruption(
                    at(11, 5),
                    at(11, 9),
                    say("pump alarm, air in line", "alarm pompy, powietrze w linii"),
                    Decimal("44.2"),
                ),
            ),
            Decimal(20),
            at(11, 54, 30),
            say(
                "left forearm, 22 G, VIP 0 throughout",
                "lewe przedramię, 22 G, VIP 0 przez całą infuzję",
            ),
            say("none reported at 7 rounds", "nie zgłoszono w 7 rundach"),
            say("completed as planned", "zgodnie z planem"),
        ),
        due_points=(
            DuePoint(points[0][0], at(10, 20), "done"),
            DuePoint("T15", at(10, 46), "done"),
            DuePoint("T30", at(11, 1), "done"),
            DuePoint("T45", at(11, 16), "done"),
            DuePoint(
                "T60", at(11, 31), "covered", say("End taken at 11:43", "pomiar na koniec o 11:43")
            ),
            DuePoint(points[4][0], at(11, 43), "done"),
            DuePoint("+30", at(12, 13), "done"),
            DuePoint("+60", at(12, 43), "done"),
        ),
        vitals=tuple(vitals_row(*point) for point in points),
        vitals_note=say("Temperature in the ear.", "Temperatura mierzona w uchu."),
        limits=LIMITS,
        edss=Edss(
            Decimal("4.5"),
            Decimal("4.5"),
            say(
                "Ambulation 2 (300 to under 500 m) sets at least 4.5. Systems alone: 4.0.",
                "Chód 2 (300 do poniżej 500 m) wyznacza co najmniej 4,5. Same układy: 4,0.",
            ),
            "",
            (
                FsGrade(say("Visual", "Wzrokowy"), 3, "2"),
                FsGrade(say("Brainstem", "Pień mózgu"), 1, "1"),
                FsGrade(say("Pyramidal", "Piramidowy"), 3, "3"),
                FsGrade(
                    say("Cerebellar", "Móżdżkowy"),
                    2,
                    "2",
                    say("X: weakness interferes", "X: przeszkadza niedowład"),
                ),
                FsGrade(say("Sensory", "Czuciowy"), 2, "2"),
                FsGrade(say("Bowel, bladder", "Zwieracze"), 3, "3"),
                FsGrade(say("Cerebral", "Mózgowy"), 2, "2"),
                FsGrade(say("Ambulation", "Chód"), 2, say("sets 4.5", "daje 4,5")),
            ),
            Decimal("4.5"),
            "RAT 02",
            at(8, 55),
            say("Neurostatus definitions 04/10.2", "Definicje Neurostatus 04/10.2"),
        ),
        trend=EdssTrend(
            (
                TrendPoint("SCR", date(2026, 4, 29), Decimal("4.5")),
                TrendPoint("V1", date(2026, 5, 26), Decimal("4.5")),
                TrendPoint("V2", DAY, Decimal("4.5")),
            ),
            Decimal("5.5"),
            Decimal("1.0"),
            12,
        ),
        adverse_events=(
            AdverseEvent(
                2,
                say("Urinary tract infection", "Zakażenie układu moczowego"),
                2,
                False,
                say("4 Jul 2026", "4 lip 2026"),
                say("14 Jul 2026", "14 lip 2026"),
                say("recovered", "wyleczone"),
                say("not related", "bez związku"),
                "PHY 01",
                say("dose not changed", "bez zmiany dawki"),
            ),
        ),
        deviations=(
            Deviation(
                say("Procedure", "Procedura"),
                say(
                    "Third cannulation attempt without a call for help.",
                    "Trzecia próba wkłucia bez wezwania pomocy.",
                ),
                say("minor", "mniejsze"),
                say("Staff reminded of A24.", "Przypomniano personelowi A24."),
                Signer("PI 01", say("Principal investigator", "Główny badacz"), at(13, 10)),
            ),
        ),
        since_last_visit=(
            Fact(
                say("Medicine", "Lek"),
                say(
                    "Nitrofurantoin 100 mg twice daily, 4 Jul to 9 Jul 2026",
                    "Nitrofurantoina 100 mg dwa razy dziennie, 4–9 lip 2026",
                ),
            ),
            Fact(say("Relapse, steroids", "Rzut, sterydy"), say("none", "brak")),
        ),
        to_follow=(
            Fact(
                say("Safety calls", "Telefony kontrolne"),
                say(
                    "28 Aug 2026 (to 29 Aug) and 3 Sep 2026 (±2 days)",
                    "28 sie 2026 (do 29 sie) i 3 wrz 2026 (±2 dni)",
                ),
            ),
            Fact(
                say("Next visit", "Następna wizyta"),
                say(
                    "Month 6 (V3), target 24 Nov 2026, window 17 Nov to 1 Dec 2026",
                    "Miesiąc 6 (V3), planowana 24 lis 2026, okno 17 lis – 1 gru 2026",
                ),
            ),
        ),
        notes=(
            Note(
                say("Summary of the day", "Podsumowanie dnia"),
                say(
                    "Calm course. Line flushed after the pump alarm.",
                    "Przebieg spokojny. Po alarmie pompy przepłukano linię. Αθήνα, Київ.",
                ),
                "NUR 04",
                at(12, 55),
            ),
        ),
        signatures=(
            Signature(
                say("Examined", "Zbadano"),
                "EDSS",
                Signer("RAT 02", say("Rater", "Oceniający"), at(8, 55)),
            ),
            Signature(say("Fit to dose", "Kwalifikacja do infuzji"), "A", phy),
            Signature(
                say("Fit for discharge", "Zdolność do wypisu"),
                "E",
                Signer("NUR 04", nurse, at(12, 50)),
                valid=False,
            ),
        ),
    )


def stormy_visit() -> VisitSummary:
    """The same visit with a reaction: many sets, values out of range, gaps, oxygen."""
    from attrs import evolve

    calm = infusion_visit()
    rows = list(calm.vitals[:3])
    start = at(11, 5)
    for index in range(9):
        rows.append(
            evolve(
                vitals_row(
                    f"R{index + 1}",
                    start + timedelta(minutes=5 * index),
                    f"{88 + 4 * index} {48 + 3 * index} {132 - 5 * index} {26 - index} "
                    f"{90 + index} 38.{index}",
                    (11, 9, 8, 7, 6, 5, 3, 2, 1)[index],
                ),
                oxygen=Decimal(4) if index < 5 else Decimal(0),
                consciousness="C" if index == 0 else "A",
                note="Physician at bedside." if index == 0 else "",
            )
        )
    rows.append(
        evolve(
            calm.vitals[-1],
            temperature=Absent("device failed"),
            news2=None,
        )
    )
    due = (*calm.due_points[:7], DuePoint("+60", at(12, 43), "missed", "transfer"))
    return evolve(
        calm,
        vitals=tuple(rows),
        due_points=due,
        edss=Edss(
            Decimal("6.0"),
            Decimal("5.5"),
            "Ambulation 4 sets 5.5.",
            "Cane used on stairs.",
            (FsGrade("Visual", Absent("not done")),),
            Decimal("4.5"),
            "RAT 02",
        ),
    )

"""What is measured and asked at a made-up visit: timed tests, questionnaires, samples, images.

Values follow the participant's EDSS step with a little chance, so that curves over time look like
those of progressive multiple sclerosis.
"""

from datetime import timedelta
from decimal import Decimal

from msclinic.domain.values import Answer, Code, Codes, Missing, PartialDate
from msclinic.services.demo.floor import Floor
from msclinic.services.demo.roster import MadeUp
from msclinic.services.gateway import random_key

__all__ = [
    "blood",
    "histories",
    "image",
    "image_read",
    "puncture",
    "questionnaires",
    "safety_review",
    "timed_tests",
]

YES, NO = Code("Y"), Code("N")
_TESTER, _COORDINATOR, _PHYSICIAN, _NURSE = "ASSESSOR-01", "CRC-01", "PHY-01", "NUR-06"
_QUESTIONNAIRES = ("msis29", "mfis", "fss", "eq5d5l")

# Seconds for 25 feet, seconds for nine pegs, symbols in 90 seconds, at each step.
_TIMES = {
    "3.0": ("5.2", "20.5", 54),
    "3.5": ("5.8", "22.0", 51),
    "4.0": ("6.6", "23.5", 48),
    "4.5": ("7.8", "25.5", 45),
    "5.0": ("9.5", "28.0", 41),
    "5.5": ("12.4", "31.0", 38),
    "6.0": ("17.0", "34.5", 35),
    "6.5": ("28.5", "39.0", 31),
}
_DEVICES = {"6.0": ("CANE",), "6.5": ("BOTH_SIDES",)}


def timed_tests(floor: Floor, one: MadeUp, participant: str, visit: str, step: str) -> None:
    """Walk, pegs and symbols, each tested and signed by the assessor."""
    walk, pegs, symbols = _TIMES[step]
    now, right = floor.clock.now(), one.number % 5 != 0
    walks: dict[str, Answer] = {
        "FTPERF": YES,
        "FTDTC": now,
        "T25FW_DEVICE": Codes(_DEVICES.get(step, ("NONE",))),
        "T25FW101_1": _near(floor, walk, 8),
        "T25FW101_2": _near(floor, walk, 8),
        "T25FW102": NO,
    }
    hands: dict[str, Answer] = {
        "FTPERF": YES,
        "FTDTC": now,
        "NHPT_DOMINANT": Code("RIGHT" if right else "LEFT"),
        "NHPT0102_D": NO,
        "NHPT0102_N": NO,
        "NHPT0101_D1": _near(floor, pegs, 5),
        "NHPT0101_D2": _near(floor, pegs, 5),
        "NHPT0101_N1": _near(floor, pegs, 5) + Decimal("2.1"),
        "NHPT0101_N2": _near(floor, pegs, 5) + Decimal("1.7"),
    }
    if step == "6.5":
        # The second trial with the weaker hand is stopped at the limit.
        hands["NHPT0101_N2"] = Missing("UNABLE")
        hands["NHPT_REASON_N2"] = Code("TIME_LIMIT")
    sheet: dict[str, Answer] = {
        "FTPERF": YES,
        "FTDTC": now,
        "SDMT_MODE": Code("ORAL"),
        "SDMT_SHEET": f"A{1 + floor.chance.randint(0, 2)}",
        "SDMT0101": symbols + floor.chance.randint(-3, 3),
        "SDMT_WRONG": floor.chance.randint(0, 2),
    }
    for form, answers in (("t25fw", walks), ("nhpt", hands), ("sdmt", sheet)):
        floor.paper(_TESTER, participant, f"{visit}/1/{form}/1", answers)


def questionnaires(floor: Floor, participant: str, visit: str, step: str) -> None:
    """The coordinator hands out the questionnaires and types what was ticked."""
    level = (float(step) - 3.0) / 3.5
    conduct: dict[str, Answer] = {
        "QSPERF": YES,
        "QSDTC": floor.clock.now(),
        "QSEVAL": Code("PAPER"),
    }
    for form in _QUESTIONNAIRES:
        asked = floor.session(_COORDINATOR).study.form(form).item_group("questions").items
        version: Answer = Code("V2_PL") if form == "msis29" else "PL 1.0"
        given: dict[str, Answer] = {"QSVERSION": version}
        for item in asked:
            if item.codelist is None:
                given[item.oid] = 75 - round(30 * level) + floor.chance.randint(-5, 5)
                continue
            codes = item.codelist.codes
            middle = (0.2 + 0.5 * level) * (len(codes) - 1)
            place = round(middle + floor.chance.uniform(-1, 1))
            given[item.oid] = Code(codes[min(max(place, 0), len(codes) - 1)])
        floor.paper(_COORDINATOR, participant, f"{visit}/1/{form}/1", conduct | given)


def safety_review(
    floor: Floor, participant: str, visit: str, key: str = "1", *, told: bool = False
) -> None:
    """The physician asks for events, medicines and relapses since the visit before."""
    answers: dict[str, Answer] = {
        "SRDTC": floor.clock.now(),
        "SR_OPEN": YES,
        "AE_ASKED": YES,
        "AEYN": YES if told else NO,
        "CM_ASKED": YES,
        "CMYN": YES if told else NO,
        "CE_ASKED": YES,
        "CEYN": NO,
    }
    place = f"{visit}/{key}/safety_review/1"
    floor.paper(_PHYSICIAN, participant, place, answers, reviewer=_PHYSICIAN)


def histories(floor: Floor, one: MadeUp, participant: str) -> None:
    """How the disease began and went on, and what else there was."""
    begun = one.birth_year + 27 + one.number % 9
    before: dict[str, Answer] = {
        "MSONSDAT": PartialDate(f"{begun}-{1 + one.number % 12:02d}"),
        "LOCONSET": Codes(("SPINAL",) if one.course == "PPMS" else ("OPTIC", "SPINAL")),
        "OUNIMULT": Code("UNIFOCAL" if one.course == "PPMS" else "MULTIFOCAL"),
        "MSDIAGDAT": PartialDate(f"{begun + 2}"),
        "DXCRITMT": Code("MCDONALD_2017"),
        "MSPROGDAT": PartialDate(f"{begun + 3}"),
        "MS_OCB": YES,
        "MS_RELAPSES_1Y": 0,
        "MS_RELAPSES_2Y": 0 if one.course == "PPMS" else 1,
        "MS_DMT_EVER": YES if one.course == "SPMS" else NO,
        "MS_CELLS_EVER": NO,
    }
    therapy: list[dict[str, Answer]] = []
    if one.course == "SPMS":
        therapy.append(
            {
                "MSCMTRT": "interferon beta-1a",
                "MSCMSTDAT": PartialDate(f"{begun + 3}"),
                "MSCMONGO": NO,
                "MSCMENDAT": PartialDate(f"{begun + 8}"),
                "MSCMSTOP": Code("NO_EFFECT"),
            }
        )
    place = "SCR/1/ms_history/1"
    floor.paper(_PHYSICIAN, participant, place, before, {"therapy": therapy}, reviewer=_PHYSICIAN)
    had = one.number % 3 == 0
    other: list[dict[str, Answer]] = [
        {
            "MHTERM": "Arterial hypertension",
            "MHCAT": Code("HEART"),
            "MHSTDAT": PartialDate(f"{one.birth_year + 38}"),
            "MHONGO": YES,
            "MH_TREATED": YES,
        }
    ]
    floor.paper(
        _PHYSICIAN,
        participant,
        "SCR/1/medical_history/1",
        {"MHYN": YES if had else NO},
        {"history": other if had else []},
        reviewer=_PHYSICIAN,
    )


def blood(floor: Floor, one: MadeUp, participant: str, visit: str) -> None:
    """Blood for biomarkers: drawn, spun and frozen; the way goes on with the courier."""
    reference = f"B{one.number:02d}-{visit}"
    floor.paper(
        _NURSE,
        participant,
        f"{visit}/1/biomarker_blood/1",
        {"SPECIMEN": Codes(("SERUM", "PLASMA")), "KIT_REFID": f"SK-{7_000 + one.number}"},
        {"events": _way(floor, reference, ("COLLECTED", "CENTRIFUGED", "FROZEN"))},
    )


def puncture(floor: Floor, one: MadeUp, participant: str, visit: str, *, done: bool) -> None:
    """The lumbar puncture and its fluid, or why there was none."""
    place = f"{visit}/1/lumbar_puncture/1"
    if not done:
        answers: dict[str, Answer] = {"PROCCUR": NO, "PRREASND": Code("REFUSED")}
        floor.paper(_PHYSICIAN, participant, place, answers, reviewer=_PHYSICIAN)
        floor.paper(
            "LAB-01",
            participant,
            f"{visit}/1/biomarker_csf/1",
            {"SPECIMEN": Missing("NOT_DONE")},
        )
        return
    floor.paper(
        _PHYSICIAN,
        participant,
        place,
        {
            "PROCCUR": YES,
            "LP_BLEEDING": YES,
            "LP_PRESSURE": YES,
            "PRSTDAT": floor.today,
            "LP_POSITION": Code("LYING"),
            "LP_LEVEL": Code("L3_L4"),
            "LP_NEEDLE": Code("ATRAUMATIC"),
            "LP_GAUGE": 22,
            "LP_ATTEMPTS": 1,
            "LP_VOLUME": Decimal(10),
            "LP_APPEARANCE": Code("CLEAR"),
            "LP_TUBES": 4,
            "LP_ADVICE": YES,
            "LP_COMPLICATION": NO,
        },
        reviewer=_PHYSICIAN,
    )
    way = _way(floor, f"C{one.number:02d}-{visit}", ("COLLECTED", "CENTRIFUGED", "FROZEN"))
    floor.paper(
        "LAB-01",
        participant,
        f"{visit}/1/biomarker_csf/1",
        {"SPECIMEN": Codes(("CSF",))},
        {"events": way},
    )


def image(floor: Floor, one: MadeUp, participant: str, visit: str) -> None:
    """The scan as the coordinator has it from the radiographer."""
    floor.paper(
        _COORDINATOR,
        participant,
        f"{visit}/1/mri/1",
        {
            "PROCCUR": YES,
            "MRI_SAFETY": YES,
            "PRSTDAT": floor.today,
            "PRREFID": _images(one, visit),
            "MRI_SCANNER": "MR-2",
            "MRI_FIELD": Code("T3"),
            "MRI_SEQUENCES": Codes(("T1_3D", "T2", "FLAIR")),
            "MRI_PROTOCOL": YES,
            "MRI_QUALITY": Code("YES"),
            "MRI_GD": NO,
            "MRI_INCIDENTAL": NO,
        },
    )


def image_read(floor: Floor, one: MadeUp, participant: str, visit: str) -> None:
    """The central reading of a scan, typed by the coordinator."""
    lesions, volume = 24 + one.number, Decimal(one.number * 7 + 61) / 10
    first = visit == "SCR"
    floor.paper(
        _COORDINATOR,
        participant,
        f"{visit}/1/mri_reading/{random_key()}",
        {
            "NVLNKID": _images(one, visit),
            "NVEVALID": "Reader 1",
            "NVDAT": floor.today,
            "NV_SOFTWARE": "SIENA 2.6",
            "NV_COMPARED": Missing("NA") if first else _images(one, "SCR"),
            "NV_T2_COUNT": lesions,
            "NV_T2_VOLUME": volume,
            "NV_T2_NEW": Missing("NA") if first else one.number % 2,
            "NV_GD_COUNT": Missing("NOT_DONE"),
            "NV_T1_COUNT": lesions // 3,
            "NV_BRAIN": Decimal(1_480 - 3 * one.number),
            "NV_PBVC": Missing("NA") if first else Decimal("-0.4"),
        },
    )


def _images(one: MadeUp, visit: str) -> str:
    return f"IMG-{one.number:03d}-{visit}"


def _near(floor: Floor, usual: str, percent: int) -> Decimal:
    share = Decimal(100 + floor.chance.randint(-percent, percent)) / 100
    return (Decimal(usual) * share).quantize(Decimal("0.1"))


def _way(floor: Floor, reference: str, steps: tuple[str, ...]) -> list[dict[str, Answer]]:
    found: list[dict[str, Answer]] = []
    for place, step in enumerate(steps):
        one: dict[str, Answer] = {
            "BETERM": Code(step),
            "BEDAT": floor.clock.now() - timedelta(minutes=2 * (len(steps) - place)),
            "BEREFID": reference,
            "BEBY": "LAB-01" if place else _NURSE,
        }
        if step == "FROZEN":
            one["BETEMP"] = Decimal(-80)
        found.append(one)
    return found

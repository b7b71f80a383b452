"""What the made-up laboratory reports, and the physician's review of it."""

from collections.abc import Mapping
from decimal import Decimal

from msclinic.domain.values import Answer, Code
from msclinic.services.demo.floor import Floor
from msclinic.services.demo.roster import MadeUp
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import random_key
from msclinic.services.lab_results import lab_results
from msclinic.services.laboratory import review

__all__ = ["biomarkers", "csf_results", "pregnancy_test", "restricted", "safety_results"]

_LABORATORY, _PHYSICIAN = "LAB-01", "PHY-01"
_UNITS = {
    "WBC": "10*9/L",
    "HGB": "g/dL",
    "PLAT": "10*9/L",
    "ALT": "U/L",
    "AST": "U/L",
    "CREAT": "umol/L",
    "CRP": "mg/L",
}
# Marker, unit, limit of detection, usual value in serum.
_MARKERS = (
    ("NFL", "pg/mL", "0.4", "13.5"),
    ("GFAP", "pg/mL", "2.9", "128"),
    ("IL6", "pg/mL", "0.9", "1.6"),
    ("TNF", "pg/mL", "0.2", "1.9"),
    ("CCL2", "pg/mL", "4.0", "215"),
    ("MMP9", "ng/mL", "0.5", "182"),
)


def safety_results(
    floor: Floor,
    one: MadeUp,
    participant: str,
    visit: str,
    key: str = "1",
    *,
    changed: Mapping[str, str] | None = None,
    reviewed: bool = True,
) -> None:
    """Safety results of a sample of this morning; the physician judges and signs.

    Args:
        floor: The clinic.
        one: Whose blood.
        participant: Random id.
        visit: Visit code.
        key: Key of the visit.
        changed: Results in words that differ from the usual ones.
        reviewed: Whether the physician has come to it.
    """
    chance, man = floor.chance, one.sex == "M"
    usual = {
        "WBC": f"{chance.randint(48, 84) / 10}",
        "HGB": f"{(148 if man else 128) / 10 + chance.randint(-4, 12) / 10:.1f}",
        "PLAT": f"{chance.randint(190, 320)}",
        # Below what the method can tell: reported so, and never turned into a number.
        "ALT": chance.choice(("<7", "14", "18", "22", "27")),
        "AST": f"{chance.randint(14, 29)}",
        "CREAT": f"{(80 if man else 62) + chance.randint(-9, 9)}",
        "CRP": chance.choice(("<0.5", "<0.5", "0.9", "1.8", "3.1")),
    }
    answers: dict[str, Answer] = _sample(floor, f"S{one.number:02d}-{visit}", "SITE")
    for test, text in (usual | dict(changed or {})).items():
        answers |= {f"{test}_LBORRES": text, f"{test}_LBORRESU": Code(_UNITS[test])}
    place = f"{visit}/{key}/lab_safety/1"
    floor.paper(_LABORATORY, participant, place, answers)
    if reviewed:
        _review(floor, participant, place)


def pregnancy_test(floor: Floor, one: MadeUp, participant: str, visit: str, key: str = "1") -> None:
    """A negative test in urine; for men the form says that there is none to make."""
    answers: dict[str, Answer] = {}
    if one.sex == "F":
        answers = {
            "LBDAT": floor.today,
            "HCG_LBORRES": Code("NEG"),
            "HCG_LBSPEC": Code("URINE"),
        }
    place = f"{visit}/{key}/pregnancy_test/1"
    floor.paper("NUR-06", participant, place, answers)
    _review(floor, participant, place)


def csf_results(floor: Floor, one: MadeUp, participant: str, visit: str) -> None:
    """What the site's laboratory found in the fluid."""
    answers = _sample(floor, f"L{one.number:02d}-{visit}", "SITE") | {
        "CSFWBC_LBORRES": str(floor.chance.randint(1, 4)),
        "CSFWBC_LBORRESU": Code("/uL"),
        "CSFPROT_LBORRES": str(floor.chance.randint(28, 44)),
        "CSFPROT_LBORRESU": Code("mg/dL"),
        "CSFGLUC_LBORRES": f"{floor.chance.randint(29, 38) / 10}",
        "CSFGLUC_LBORRESU": Code("mmol/L"),
        "CSFIGG_LBORRES": f"{floor.chance.randint(36, 61) / 10}",
        "CSFIGG_LBORRESU": Code("mg/dL"),
        "CSFALB_LBORRES": "22",
        "CSFALB_LBORRESU": Code("mg/dL"),
        "IGG_LBORRES": "10.4",
        "IGG_LBORRESU": Code("g/L"),
        "ALB_LBORRES": "42",
        "ALB_LBORRESU": Code("g/L"),
        "OLIGBAND_LBORRES": Code("CSF_ONLY"),
        "OLIGBAND_COUNT": floor.chance.randint(3, 9),
    }
    place = f"{visit}/1/csf_results/1"
    floor.paper(_LABORATORY, participant, place, answers)
    _review(floor, participant, place)


def biomarkers(floor: Floor, one: MadeUp, participant: str, visit: str, step: str) -> None:
    """Markers in serum from the central laboratory, one of them below detection at times."""
    answers = _sample(floor, f"B{one.number:02d}-{visit}", "CENTRAL") | {
        "LBMETHOD": "single molecule array",
        "LBSPEC": Code("SERUM"),
    }
    worse = Decimal(step) / Decimal(4)
    for marker, unit, limit, usual in _MARKERS:
        share = Decimal(100 + floor.chance.randint(-15, 15)) / 100
        value = (Decimal(usual) * share * worse).quantize(Decimal("0.1"))
        low = marker == "IL6" and floor.chance.random() < 0.4
        answers |= {
            f"{marker}_LBORRES": f"<{limit}" if low else str(value),
            f"{marker}_LBORRESU": Code(unit),
            f"{marker}_LBLLOD": Decimal(limit),
        }
    place = f"{visit}/1/biomarker_results/{random_key()}"
    floor.paper(_LABORATORY, participant, place, answers)
    _review(floor, participant, place)


def restricted(floor: Floor, one: MadeUp, participant: str, visit: str) -> None:
    """Results that could reveal the arm, typed where no masked role sees them."""
    floor.paper(
        "LABU-01",
        participant,
        f"{visit}/1/restricted_results/1",
        {
            "ISREFID": f"R{one.number:02d}-{visit}",
            "ISDAT": floor.today,
            "ISMETHOD": "nanoparticle tracking",
            "VESCOUNT": f"{floor.chance.randint(11, 29) / 10}e9 per mL",
            "CD63": f"{floor.chance.randint(40, 70)} %",
            "DONOR_HLA": Code("NOT_DETECTED"),
        },
    )


def _sample(floor: Floor, reference: str, laboratory: str) -> dict[str, Answer]:
    return {
        "LBNAM": Code(laboratory),
        "LBREFID": reference,
        "LBDAT": floor.today,
        "LBTIM": "07:20",
    }


def _review(floor: Floor, participant: str, place: str) -> None:
    """Say of every result that is not normal that nothing follows from it, then sign."""
    session = floor.session(_PHYSICIAN)
    visit, key, form, form_key = place.split("/")
    with session.store.read() as reader:
        heads = reader.heads(participant=participant, prefix=place)
        waiting = [
            one.judgement
            for one in lab_results(session.study.form(form), place, heads)
            if one.open and one.judgement is not None
        ]
    if waiting:
        entry = FormEntry(session, participant, visit, form, key, form_key)
        entry.answer_together([(ref, Code("N")) for ref in waiting])
    review(session, participant, place, floor.passwords[_PHYSICIAN])

"""Findings put into words: the study's messages filled in, and the engine's own.

It says what is wrong with an answer; whether that stops anything is decided elsewhere.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

from msclinic.domain.values import Answer, Code, Codes, Finding, Missing, PartialDate
from msclinic.forms.definitions import CheckDefinition, Codelist, ItemDefinition, Text
from msclinic.wording import date_text, decimal_text

__all__ = [
    "PLACEHOLDER",
    "Refusal",
    "answer_fault",
    "check_finding",
    "display",
    "fault_finding",
    "refusal",
]

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
NO_VALUE = "–"

Refusal = tuple[str, dict[str, str]]

_WORDS: Mapping[str, Mapping[str, str]] = {
    "UNKNOWN_ITEM": {
        "en": "This form has no such item.",
        "pl": "Ten formularz nie ma takiej pozycji.",
    },
    "READ_ONLY": {
        "en": "This value is computed and cannot be typed.",
        "pl": "Ta wartość jest obliczana i nie można jej wpisać.",
    },
    "WRONG_TYPE": {
        "en": "This kind of answer does not fit the item.",
        "pl": "Ten rodzaj odpowiedzi nie pasuje do pozycji.",
    },
    "TOO_MANY_DECIMALS": {
        "en": "At most {decimals} decimal places.",
        "pl": "Miejsc po przecinku może być najwyżej: {decimals}.",
    },
    "NOT_IN_CODELIST": {
        "en": "{value} is not one of the choices.",
        "pl": "{value} nie jest jedną z możliwości.",
    },
    "REASON_NOT_ALLOWED": {
        "en": "This reason cannot stand for an answer here.",
        "pl": "Ten powód nie może tu zastąpić odpowiedzi.",
    },
    "EXPRESSION_FAULT": {
        "en": "A rule of the study could not be evaluated ({rule}). Tell the study's coordinator.",
        "pl": "Nie można było obliczyć reguły badania ({rule}). Powiadom koordynatora badania.",
    },
}


def display(answer: Answer | bool | None, language: str, codelist: Codelist | None = None) -> str:
    """An answer as a person reads it inside a sentence."""
    match answer:
        case None | Missing():
            return NO_VALUE
        case bool():
            return str(answer).lower()
        case Decimal():
            return decimal_text(answer, language)
        case int():
            return decimal_text(Decimal(answer), language)
        case Code(value):
            return codelist.label(value, language) if codelist else value
        case Codes(values):
            return ", ".join(codelist.label(v, language) if codelist else v for v in values)
        case PartialDate(text):
            return text
        case datetime():
            return answer.strftime("%Y-%m-%d %H:%M UTC")
        case date():
            return date_text(answer, language)
        case str():
            return answer


def answer_fault(item: ItemDefinition, answer: Answer) -> Refusal | None:
    """What makes an answer unfit for its item: type, places, choice or reason."""
    if item.computed:
        return "READ_ONLY", {}
    if isinstance(answer, Missing):
        return None if answer.reason in item.missing else ("REASON_NOT_ALLOWED", {})
    if not _fits(item.type, answer):
        return "WRONG_TYPE", {}
    if isinstance(answer, Decimal):
        exponent = answer.as_tuple().exponent
        if not isinstance(exponent, int):
            return "WRONG_TYPE", {}
        if -exponent > (item.decimals or 0):
            return "TOO_MANY_DECIMALS", {"decimals": str(item.decimals or 0)}
    if isinstance(answer, Code | Codes):
        chosen = (answer.value,) if isinstance(answer, Code) else answer.values
        known = item.codelist.codes if item.codelist else ()
        strange = [code for code in chosen if code not in known]
        if strange or len(set(chosen)) != len(chosen):
            return "NOT_IN_CODELIST", {"value": ", ".join(strange or chosen)}
    return None


def _fits(kind: str, answer: Answer) -> bool:
    match kind:
        case "text":
            return isinstance(answer, str)
        case "integer":
            return isinstance(answer, int) and not isinstance(answer, bool)
        case "decimal":
            return isinstance(answer, Decimal)
        case "code":
            return isinstance(answer, Code)
        case "codes":
            return isinstance(answer, Codes)
        case "date":
            return isinstance(answer, date) and not isinstance(answer, datetime)
        case "partial_date":
            return isinstance(answer, PartialDate)
        case _:
            return isinstance(answer, datetime) and answer.tzinfo is not None


def _filled(message: Text, shown: Callable[[str, str], str]) -> dict[str, str]:
    words: dict[str, str] = {}
    for language, wording in message.by_language.items():
        pieces = PLACEHOLDER.split(wording)
        pieces[1::2] = [shown(name, language) for name in pieces[1::2]]
        words[language] = "".join(pieces)
    return words


def check_finding(path: str, check: CheckDefinition, shown: Callable[[str, str], str]) -> Finding:
    """The finding of a check that is false.

    Args:
        path: ``group/key/item``.
        check: The check.
        shown: Displayed value of a name in a language.
    """
    parameters = {"rule": check.code}
    if check.gate is not None:
        parameters["gate"] = check.gate
        parameters["overridable"] = "true" if check.overridable else "false"
    return Finding(path, check.kind, check.code, parameters, _filled(check.message, shown))


def fault_finding(path: str, rule: str, severity: str, fault: str, gate: str | None) -> Finding:
    """The finding of a rule that failed: a bug of the study or program, never an answer's."""
    parameters = {"rule": rule, "fault": fault}
    if gate is not None:
        parameters |= {"gate": gate, "overridable": "false"}
    return _own("EXPRESSION_FAULT", path, severity, parameters)


def refusal(path: str, code: str, parameters: Mapping[str, str]) -> Finding:
    """The finding of an answer that the engine itself refuses."""
    return _own(code, path, "impossible", dict(parameters))


def _own(code: str, path: str, severity: str, parameters: dict[str, str]) -> Finding:
    words = {
        language: sentence.format_map(parameters) for language, sentence in _WORDS[code].items()
    }
    return Finding(path, severity, code, parameters, words)

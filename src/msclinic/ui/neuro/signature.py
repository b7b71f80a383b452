"""What the signature of an exam says before it is given."""

from msclinic.services.neuro import ExamEntry, planned_visit
from msclinic.services.people import account_code
from msclinic.ui.signing import SignMeaning, SignRequest, SignState
from msclinic.wording import current_language, decimal_text, tr

__all__ = ["exam_sign_request"]

_MEANING = "exam"


def exam_sign_request(exam: ExamEntry, code: str) -> SignRequest:
    """What is signed, and what is still open.

    Args:
        exam: The exam.
        code: The participant's code.
    """
    form, session = exam.form, exam.form.session
    answers = sum(form.state(ref).answer is not None for ref in form.refs())
    entered = exam.entered()
    kept = sum(one.kept for one in exam.findings())
    states = (
        SignState(tr("Every answer that is asked for is given and stored.")),
        SignState(tr("Findings kept with a reason: {count}", count=kept))
        if kept
        else SignState(tr("All that was answered fits together.")),
    )
    meaning = session.study.meanings[_MEANING]
    return SignRequest(
        title=tr("Sign exam, {code}", code=code),
        subtitle=planned_visit(session, exam.visit),
        signer=account_code(session.account),
        meanings=(SignMeaning(_MEANING, meaning.title.text(current_language())),),
        heading=form.form.title.text(current_language()),
        lines=(
            tr("EDSS {step}", step=decimal_text(entered) if entered is not None else "–"),
            tr("Values signed: {count}", count=answers),
        ),
        states=states,
    )

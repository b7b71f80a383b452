"""One versioned study folder, loaded and checked whole."""

from msclinic.study.loader import activated_study, load_study, study_from_content
from msclinic.study.mistakes import MISTAKES, Mistake, StudyMistakes
from msclinic.study.model import Meaning, Role, Setting, Study, Visit, VisitForm

__all__ = [
    "MISTAKES",
    "Meaning",
    "Mistake",
    "Role",
    "Setting",
    "Study",
    "StudyMistakes",
    "Visit",
    "VisitForm",
    "activated_study",
    "load_study",
    "study_from_content",
]

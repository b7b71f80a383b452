"""The study's numbers for backups: how often, how many are kept, when to warn."""

from attrs import frozen

from msclinic.study import Study

__all__ = ["BackupNumbers", "backup_numbers"]

# ICH E6(R3) 4.3.3(c),(d) asks for regular backups and tests of restoring them; how often is a
# default. A study without these settings is backed up all the same.
_USUAL = {
    "backup_every": 1,
    "backup_warn_after": 24,
    "backup_keep_hourly": 24,
    "backup_keep_daily": 14,
    "backup_keep_weekly": 8,
    "restore_rehearsal_every": 92,
}


@frozen
class BackupNumbers:
    """What the study says about backups.

    Attributes:
        every: Hours from one backup to the next.
        warn_after: Hours after which a warning stands on Today.
        hourly: Hours of which one backup is kept.
        daily: Days of which one is kept.
        weekly: Weeks of which one is kept.
        rehearsal: Days from one rehearsed restore to the next.
    """

    every: int
    warn_after: int
    hourly: int
    daily: int
    weekly: int
    rehearsal: int


def backup_numbers(study: Study) -> BackupNumbers:
    """The numbers of a study, or the usual ones."""

    def number(key: str) -> int:
        setting = study.settings.get(key)
        return _USUAL[key] if setting is None else int(setting.value)

    return BackupNumbers(*(number(key) for key in _USUAL))

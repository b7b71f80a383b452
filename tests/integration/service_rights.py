"""Which right of the study's matrix each service wants, for ``test_every_service.py``.

Every public service stands in one of these tables: it wants a right, it answers everybody with
what they may see, a rule of its own decides, or other services ask it and no screen does.
"""

from collections.abc import Callable

from tests.integration.every_service import VISIT

from msclinic.domain.access import ASSESSING_ROLES
from msclinic.services.session import Session

__all__ = ["BY_OWN_RULE", "FOR_SERVICES", "SEEN_BY_RIGHTS", "WANTS", "WITHOUT_A_RIGHT", "Rule"]

Rule = str | Callable[[Session], bool]


def _sees(form: str) -> Rule:
    return lambda session: session.may(f"read:{form}") or session.may(f"enter:{form}")


def _any(*rights: str) -> Rule:
    return lambda session: any(map(session.may, rights))


def _all(*rights: str) -> Rule:
    return lambda session: all(map(session.may, rights))


def _assessing(session: Session) -> bool:
    return session.role in ASSESSING_ROLES


def _documents(session: Session) -> bool:
    """Who makes documents reads them; so does who reads every form."""
    return not _assessing(session) and (session.may("documents") or session.may("read:*"))


def _over_time(session: Session) -> bool:
    drawn = ("edss", "vital_signs", "lab_safety", "restricted_results", "adverse_event")
    return not _assessing(session) and any(
        session.may(f"{verb}:{form}") for verb in ("read", "enter") for form in drawn
    )


def _life(form: str) -> Rule:
    return _all(f"enter:{form}", "sign:participant_status")


WANTS: dict[str, Rule] = {
    # The sponsor's people never hold the whole archive: it stays with the investigator.
    "archive.making.make_archive": lambda s: s.may("export") and s.side == "site",
    "backup.making.one_backup": "backup",
    "backup.state.backup_state": "backup",
    "blotting.blot": _all("blot", "journal"),
    "data_locks.lock": "lock_data",
    "data_locks.lock_study": "lock_data",
    "data_locks.unlock": "lock_data",
    "data_locks.unlock_study": "lock_data",
    "data_review.demand_review": _any("lock_data", "verify_source"),
    "data_review.review_rows": _any("lock_data", "verify_source"),
    "documents.document_bytes": _documents,
    "documents.document_check": _documents,
    "documents.documents_of": _documents,
    "documents.finish_summary": "documents",
    "documents.preview_summary": _documents,
    "documents.sign_document": _any("sign:visit_summary_nurse", "sign:visit_summary_physician"),
    "documents.summary_file": _documents,
    "entry.FormEntry": _sees("vital_signs"),
    "entry_record.OpenForm": _sees("vital_signs"),
    "exam_lists.ask_for_exam": f"open:{VISIT}",
    "exam_lists.edss_trend": lambda s: s.may("read:edss") and not _assessing(s),
    "exam_lists.my_exams": _assessing,
    "exporting.clinical_snapshot": "export",
    "exporting.export_odm": "export",
    "infusion.bedside.compare": "read:bedside_check",
    "infusion.bedside.finish_check": "enter:bedside_check",
    "infusion.bedside.open_bedside_check": "enter:bedside_check",
    "infusion.bedside.restart_bedside_check": "enter:bedside_check",
    "infusion.course.arrive": f"open:{VISIT}",
    "infusion.course.change_rate": "infusion",
    "infusion.course.end_infusion": "infusion",
    "infusion.course.flush": "infusion",
    "infusion.course.start_infusion": "infusion",
    "infusion.deviation_record.classify_deviation": "deviations",
    "infusion.deviation_record.record_deviations": _any("infusion", "deviations"),
    "infusion.deviation_record.write_deviations": _any("infusion", "deviations"),
    "infusion.dosing.switch_dosing": "sign:dosing",
    "infusion.emergency_taps.claim_tap": _any("infusion", "override"),
    "infusion.pausing.decide_against_pause": "override",
    "infusion.pausing.interrupt": "infusion",
    "infusion.pausing.resume": "infusion",
    "infusion.rounds.measure_baseline_again": "enter:vital_signs",
    "infusion.rounds.round_not_done": "enter:vital_signs",
    "infusion.rounds.round_readings": "enter:vital_signs",
    "infusion.side_exits.cancel_run": _any("infusion", "sign:G1"),
    "infusion.side_exits.close_visit": "sign:G7",
    "infusion.side_exits.defer_run": _any("infusion", "sign:G1"),
    "infusion.signing_gates.sign_gate": "sign:G1",
    "infusion.view.run_view": _any("read:fit_to_dose", "sign:G2"),
    "journal_export.export_journal": "journal",
    "journal_reading.demand_criteria": "journal",
    "journal_reading.find": "journal",
    "journal_reading.item_lines": _sees("vital_signs"),
    "journal_reading.journal_lines": "journal",
    "journal_reading.offered": "journal",
    "journal_review.mark_reviewed": "journal",
    "journal_review.reviews": "journal",
    "journal_sight.demand_journal": "journal",
    "laboratory.demand_reviewable": "sign:lab_reviewed",
    "laboratory.results_on_record": _sees("vital_signs"),
    "laboratory.review": "sign:lab_reviewed",
    "life.complete": _life("end_of_study"),
    "life.life": "read:end_of_study",
    "life.lose": _life("lost_to_follow_up"),
    "life.record_death": _life("death"),
    "life.rescreen": _life("rescreening"),
    "life.screen_failure": _life("screen_failure"),
    "life.stop_product": _life("product_stop"),
    "life.transfer": _life("transfer"),
    "life.withdraw": _life("withdrawal"),
    "life_acts.demand_decider": _life("withdrawal"),
    "life_acts.perform": _life("withdrawal"),
    "life_acts.sign_act": "sign:participant_status",
    "life_acts.undo": "sign:participant_status",
    "neuro.ExamEntry": _sees("edss"),
    "neuro.sign_exam": "sign:exam",
    "over_time.demand_over_time": _over_time,
    "over_time.over_time": _over_time,
    "over_time_document.over_time_file": _over_time,
    "over_time_document.over_time_pdf": _over_time,
    "participants.enrol": "enrol",
    "queries.raise_query": "query",
    "query_sight.opened_form": _sees("vital_signs"),
    "randomising.randomise": _all("enrol", "sign:participant_status"),
    "restore.newest_backup": "backup",
    "restore.rehearse": "backup",
    "sign_off.casebook_hindrances": "sign:casebook_sign_off",
    "sign_off.sign_casebook": "sign:casebook_sign_off",
    "sign_off.sign_visit": "sign:visit_sign_off",
    "sign_off.visit_hindrances": "sign:visit_sign_off",
    "signed_content.signed_over": _sees("vital_signs"),
    "signing.sign": _all("sign:form_entered", "read:vital_signs"),
    "source_verification.form_marks": _sees("vital_signs"),
    "source_verification.mark_verified": "verify_source",
    "source_verification.take_back": "verify_source",
    "study_versions.activate": "sign:study_activation",
    "study_versions.late_entries": "journal",
    "summary.demand_documents": _documents,
    "summary.visit_summary": _documents,
    "visit_deviations.accept_deviation": "deviations",
    "visit_deviations.dismiss_deviation": "deviations",
    "visit_deviations.proposed_deviations": "deviations",
    "visit_planning.booking_notes": f"open:{VISIT}",
    "visits.book_visit": f"open:{VISIT}",
    "visits.open_unscheduled": f"open:{VISIT}",
    "visits.open_visit": f"open:{VISIT}",
    "worklist.worklist": lambda s: not _assessing(s),
}

# Answered to everybody, with what they may see; ``test_mask_by_all_roads.py`` searches each answer.
SEEN_BY_RIGHTS = frozenset(
    {
        "backup.state.backup_warnings",
        "backup.state.is_due",
        "blotting.may_blot",
        "documents.seat_of",
        "edss_history.edss_history",
        "exam_lists.planned_visit",
        "infusion.emergency_taps.unclaimed_taps",
        "infusion.today.next_due",
        "infusion.today.today_view",
        "journal_reading.gap_limit",
        "laboratory.critical_values",
        "laboratory.unreviewed_results",
        "lock_checklist.hindrances",
        "lock_checklist.study_hindrances",
        "lookup.known",
        "lookup.look_up",
        "over_time.sees_over_time",
        "participants.find_participant",
        "participants.identities",
        "participants.identity",
        "participants.masked_rater",
        "participants.participant_codes",
        "queries.all_queries",
        "queries.form_queries",
        "queries.participant_queries",
        "query_conversation.conversation",
        "safety_reports.due_reports",
        "signed_content.signed_content",
        "signing_pin.pin_stands",
        "source_verification.participant_progress",
        "source_verification.unverified",
        "study_versions.versions",
        "visit_calendar.plan_of",
        "visit_planning.planned_visits",
        "visits.participant_visits",
    }
)

_UNIT = "tests/unit/services"
# What one right cannot say, and the test that shows it.
BY_OWN_RULE = {
    "founding.activate_study": (
        "tests/integration/test_rights_walk.py",
        "test_services_of_people_let_in_whom_the_matrix_names",
    ),
    "queries.say": (
        f"{_UNIT}/test_queries.py",
        "test_every_role_may_say_what_its_rights_give_and_nothing_else",
    ),
    "sign_in.join": (
        f"{_UNIT}/test_sign_in.py",
        "test_a_colleague_with_a_wrong_password_leaves_the_session_as_it_was",
    ),
    "sign_in.act_as": (
        f"{_UNIT}/people/test_roles.py",
        "test_a_second_role_can_be_acted_in_once_it_is_delegated_and_trained",
    ),
    "sign_in.sign_in": (f"{_UNIT}/test_sign_in.py", "test_a_role_that_is_not_theirs_is_refused"),
    "sign_in.unlock_ring": (
        f"{_UNIT}/test_sign_in.py",
        "test_a_wrong_account_or_password_gets_the_same_words",
    ),
    "signing_pin.set_signing_pin": (
        f"{_UNIT}/test_signing_pin.py",
        "test_a_pin_needs_the_password_and_the_rules",
    ),
    "restore.restore": (
        f"{_UNIT}/test_restore.py",
        "test_a_wrong_password_or_another_role_restores_nothing",
    ),
    "verifying.prove_home": (
        f"{_UNIT}/test_verifying.py",
        "test_only_roles_with_the_right_may_verify",
    ),
    "verifying.verify_home": (
        f"{_UNIT}/test_verifying.py",
        "test_only_roles_with_the_right_may_verify",
    ),
}

# Asked by services after the right was asked for; that no screen asks them is shown.
FOR_SERVICES = frozenset(
    {
        "archive.pages.participant_page",
        "archive.pages.site_page",
        "archive.sealing.Sealer",
        "archive.sealing.recipients_of",
        "at_rest.come_to_rest",
        "at_rest.perhaps_waiting",
        "data_locks.lock_state",
        "eligibility_context.eligibility_context",
        "entrance.alerts_of",
        "entry_guards.demand_known",
        "entry_guards.demand_open",
        "entry_guards.demand_past",
        "entry_guards.demand_rater",
        "entry_guards.demand_reaction_pause",
        "entry_guards.demand_sampling",
        "entry_guards.fits_role",
        "exam_lists.exams_of",
        "gateway.Act",
        "gateway.recording",
        "gateway.together",
        "inbox.claim",
        "inbox.prepare",
        "infusion.at_the_chair.not_future",
        "infusion.at_the_chair.read",
        "infusion.at_the_chair.together",
        "infusion.deviation_record.deviation_states",
        "infusion.facts.facts_of",
        "infusion.facts.infusion_number",
        "infusion.facts.run_facts",
        "infusion.form_rules.FormRules",
        "infusion.gates.gate_of",
        "infusion.gates.read_run",
        "infusion.own_check.check_hidden",
        "infusion.own_check.require_visible",
        "infusion.rounds.line_key",
        "infusion.schedule.all_rounds",
        "infusion.side_exits.side_exit",
        "integrity_chain.proved_so_far",
        "journal_sight.JournalSight",
        "journal_sight.unmasked_role",
        "journal_words.item_of",
        "life_acts.demand_answered",
        "life_acts.fill_and_sign",
        "life_record.read_life",
        "query_conversation.messages_of",
        "query_export.exported_queries",
        "query_sight.QuerySight",
        "rating.demand_rating",
        "rating.may_rate",
        "sign_in.note_sign_out",
        "sign_off.unseen_forms",
        "signing.document_key",
        "signing_pin.confirm",
        "summary.banner_facts",
        "summary.provenance_of",
        "summary.study_facts",
        "summary_checklist.signer_of",
        "unmasked_views.note_all_unmasked_views",
        "unmasked_views.note_unmasked_view",
        "unsigned.unsigned_of",
        "visit_calendar.anchor_of",
        "visit_reading.VisitReading",
        "visit_reading.Words",
        "worklist.finding_points",
        "worklist.query_point",
    }
)

# Asked by screens too, and why that opens nothing.
WITHOUT_A_RIGHT = {
    "backup.making.back_up": "hourly and after signatures, whoever sits there; sealed",
    "backup.making.stage": "of a backup that was asked for with the right",
    "context.form_context": "of a form that the screen has opened with its right",
    "exam_lists.exam_to_ask_for": "of a visit that was read with the right",
    "gateway.note_clock": "tells the record of the device's clock",
    "infusion.dosing.dosing_permitted": "of the site, of no participant",
    "integrity.record_incident": "whoever sits there when the program finds something wrong",
    "integrity_chain.check_end": "at the start, whoever signs in",
    "integrity_chain.check_whole": "in the background, whoever sits there",
    "journal_review.since_review": "of a review that was read with the right",
    "journal_words.asked_words": "says a line that was read with the right",
    "journal_words.old_words": "says a line that was read with the right",
    "journal_words.value_words": "says a line that was read with the right",
    "journal_words.what_words": "says a line that was read with the right",
    "journal_words.where_words": "says a line that was read with the right",
    "journal_words.who_words": "says a line that was read with the right",
    "unsigned.may_give": "of the person's own rights",
    "visit_calendar.infusion_dates": "of the participant's page, which a rater cannot open",
    "visit_reading.shown_account": "of an account that stands in what was read",
    "worklist.form_matter": "of a visit that was read with the right",
    "worklist.points_of": "of visits that were read with the right",
}

"""Every right in the system, with one sentence each. Roles hold them; endpoints and rules ask for them."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """A right that a role gives in a scope. The value is what logs and the audit trail show."""

    OWN_ACCOUNT = "own_account"
    """See and change one's own account, language, second factor and sessions."""
    WORK_LIST = "work_list"
    """See one's own day: what is due, who waits, which cases need attention."""

    CONSULTATION_VIEW = "consultation_view"
    """Read the consultations of the centre."""
    CONSULTATION_RECORD = "consultation_record"
    """Record a consultation, named or anonymous."""

    PERSON_VIEW = "person_view"
    """Find persons and read their file head."""
    PERSON_REGISTER = "person_register"
    """Register a person after searching for them."""
    PERSON_EDIT = "person_edit"
    """Change what a person's file says."""
    CONSENT_RECORD = "consent_record"
    """Record or withdraw a person's consent."""
    IDENTIFIER_REVEAL = "identifier_reveal"
    """See the whole number of an identity document, or a code word; each time is logged."""

    CASE_VIEW = "case_view"
    """Read the cases of the centre that are not protected."""
    CASE_OPEN = "case_open"
    """Open a case for a person."""
    CASE_WORK = "case_work"
    """Write notes, needs and progress in a case."""
    CASE_ASSIGN = "case_assign"
    """Give a case to a counsellor."""
    CASE_CLOSE_APPROVE = "case_close_approve"
    """Approve or return a colleague's request to close a case."""
    CASE_VOID = "case_void"
    """Void a case that was opened in error."""
    CASE_LEVEL_SET = "case_level_set"
    """Raise or lower the confidentiality of a case and name its team."""
    PROTECTED_VIEW = "protected_view"
    """Read protected (level 2) cases of the centre without being in their team."""

    THREAD_VIEW = "thread_view"
    """Read the message threads of the centre."""
    MESSAGE_SEND = "message_send"
    """Answer a thread."""
    THREAD_ASSIGN = "thread_assign"
    """Take a thread or give it to a colleague."""
    QUARANTINE_HANDLE = "quarantine_handle"
    """See messages that came to an unknown line, and say which centre they belong to."""

    BREAK_GLASS = "break_glass"
    """Open one protected case for four hours, with a reason that is reviewed."""
    BREAK_GLASS_REVIEW = "break_glass_review"
    """Review who opened a protected case and why."""

    USER_MANAGE = "user_manage"
    """Invite people, give and take roles, end sessions."""
    ACCOUNT_LOCK = "account_lock"
    """Lock a colleague's account at once, or hand them a new sign-in link."""
    CENTRE_MANAGE = "centre_manage"
    """Change centres, their hours, holidays and lines."""
    VOCABULARY_MANAGE = "vocabulary_manage"
    """Add, relabel and retire the codes of the lists."""

    AUDIT_VIEW = "audit_view"
    """Read the audit log (never the content of a case)."""
    JOB_MONITOR = "job_monitor"
    """See the queue of jobs and start a parked one again."""
    FIGURES_VIEW = "figures_view"
    """See aggregated figures, never a person."""

"""The roles of a centre and what each of them may do. The whole policy of the product on one screen."""

from __future__ import annotations

from enum import StrEnum

from mrc.access.permissions import Permission as P


class Role(StrEnum):
    """What a person is to a centre. One person may hold several, each in its own scope."""

    FRONT_DESK = "front_desk"
    COUNSELLOR = "counsellor"
    PROTECTION_OFFICER = "protection_officer"
    CENTRE_MANAGER = "centre_manager"
    COUNTRY_COORDINATOR = "country_coordinator"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class ScopeKind(StrEnum):
    """How far a role reaches."""

    CENTRE = "centre"
    COUNTRY = "country"
    EVERYWHERE = "everywhere"


EVERYONE = frozenset({P.OWN_ACCOUNT})

FRONT_DESK = EVERYONE | {
    P.WORK_LIST, P.CONSULTATION_VIEW, P.CONSULTATION_RECORD, P.PERSON_VIEW, P.PERSON_REGISTER,
    P.CONSENT_RECORD, P.CASE_VIEW, P.THREAD_VIEW, P.TASK_WORK, P.FILE_ADD, P.LIBRARY_VIEW, P.CALL_VIEW,
    P.DIRECTORY_VIEW,
}  # fmt: skip

COUNSELLOR = FRONT_DESK | {
    P.PERSON_EDIT, P.PERSON_MERGE, P.CASE_OPEN, P.CASE_WORK, P.MESSAGE_SEND, P.THREAD_ASSIGN, P.BREAK_GLASS,
    P.FLAG_RAISE, P.CASE_PRINT, P.IDENTIFIER_REVEAL, P.FILE_VIEW, P.LIBRARY_WRITE, P.CALL_HANDLE,
}  # fmt: skip

PROTECTION_OFFICER = COUNSELLOR | {
    P.PROTECTED_VIEW, P.CASE_LEVEL_SET, P.READERS_VIEW, P.BROADCAST_WRITE,
}  # fmt: skip

CENTRE_MANAGER = PROTECTION_OFFICER | {
    P.CASE_ASSIGN, P.CASE_CLOSE_APPROVE, P.CASE_VOID, P.BREAK_GLASS_REVIEW, P.ACCOUNT_LOCK, P.FIGURES_VIEW,
    P.QUARANTINE_HANDLE, P.TASK_ASSIGN, P.TASK_RULE_MANAGE, P.CONSULTATION_CORRECT, P.FILE_WITHDRAW,
    P.TEMPLATE_MANAGE, P.TEMPLATE_APPROVE, P.LIBRARY_APPROVE,
    P.BROADCAST_WRITE, P.BROADCAST_APPROVE,
    P.HOTLINE_MANAGE, P.DIRECTORY_MANAGE,
}  # fmt: skip

COUNTRY_COORDINATOR = EVERYONE | {
    P.WORK_LIST, P.CONSULTATION_VIEW, P.PERSON_VIEW, P.CASE_VIEW, P.FIGURES_VIEW, P.BREAK_GLASS_REVIEW,
    P.DIRECTORY_VIEW, P.DIRECTORY_MANAGE,
}  # fmt: skip

# The administrator runs the system and must not be able to read a case; the auditor reads only the log.
ROLE_PERMISSIONS: dict[Role, frozenset[P]] = {
    Role.FRONT_DESK: FRONT_DESK,
    Role.COUNSELLOR: COUNSELLOR,
    Role.PROTECTION_OFFICER: PROTECTION_OFFICER,
    Role.CENTRE_MANAGER: CENTRE_MANAGER,
    Role.COUNTRY_COORDINATOR: COUNTRY_COORDINATOR,
    Role.ANALYST: EVERYONE | {P.FIGURES_VIEW},
    Role.ADMINISTRATOR: EVERYONE
    | {
        P.USER_MANAGE,
        P.ACCOUNT_LOCK,
        P.CENTRE_MANAGE,
        P.VOCABULARY_MANAGE,
        P.JOB_MONITOR,
        P.TASK_RULE_MANAGE,
        P.TEMPLATE_MANAGE,
        P.TEMPLATE_APPROVE,
        P.LIBRARY_VIEW,
        P.LIBRARY_WRITE,
        P.LIBRARY_APPROVE,
        P.HOTLINE_MANAGE,
    },
    Role.AUDITOR: EVERYONE | {P.AUDIT_VIEW},
}

"""The role matrix: every permission, every role, and how far each reaches. Nothing else grants anything.

Flask-AppBuilder's roles, the row filters, the buttons, the checks of the services and
`docs/permissions.md` are all built from `MATRIX`.
"""

from enum import IntEnum, StrEnum

from flask_babel import lazy_gettext as _l


class Role(StrEnum):
    TEACHER = "teacher"
    REVIEWER = "reviewer"
    SCHOOL = "school"
    COUNTY = "county"
    CENTRE = "centre"
    STEWARD = "steward"
    AUDITOR = "auditor"
    ADMIN = "administrator"


ROLE_LABELS = {
    Role.TEACHER: _l("教師"),
    Role.REVIEWER: _l("審查委員"),
    Role.SCHOOL: _l("學校承辦人"),
    Role.COUNTY: _l("縣市教專中心"),
    Role.CENTRE: _l("認證中心"),
    Role.STEWARD: _l("資料管理員"),
    Role.AUDITOR: _l("稽核人員"),
    Role.ADMIN: _l("系統管理者"),
}


class Scope(IntEnum):
    """How far a permission reaches; a wider scope includes no narrower one by itself."""

    SELF = 1
    ASSIGNED = 2
    SCHOOL = 3
    COUNTY = 4
    NATION = 5


SCOPE_LABELS = {
    Scope.SELF: _l("Own"),
    Scope.ASSIGNED: _l("Assigned"),
    Scope.SCHOOL: _l("School"),
    Scope.COUNTY: _l("County"),
    Scope.NATION: _l("Nation"),
}


class Permission(StrEnum):
    """`thing:verb`; an unknown name is an import error, not a silent hole."""

    CASE_APPLY = "case:apply"
    CASE_VIEW = "case:view"  # that a case exists, its state and its history
    CASE_READ = "case:read"  # the contents of its documents
    CASE_FILL = "case:fill"
    CASE_SUBMIT = "case:submit"
    CASE_WITHDRAW = "case:withdraw"
    CASE_CHECK = "case:check"
    CASE_ASSIGN = "case:assign"
    CASE_DECIDE = "case:decide"
    CASE_LAPSE = "case:lapse"
    APPEAL_FILE = "appeal:file"
    RECORDING_OWN = "recording:own"  # seating plans and recordings of lessons, in the tool box
    SHEET_WRITE = "sheet:write"
    SHEET_VIEW = "sheet:view"
    CERTIFICATE_ISSUE = "certificate:issue"
    CERTIFICATE_VIEW = "certificate:view"
    PROFILE_VIEW = "profile:view"
    PROFILE_EDIT = "profile:edit"
    TRAINING_EDIT = "training:edit"
    CAMPAIGN_VIEW = "campaign:view"
    CAMPAIGN_EDIT = "campaign:edit"
    CAMPAIGN_APPROVE = "campaign:approve"  # never of the own proposal
    REFERENCE_EDIT = "reference:edit"
    TEMPLATE_EDIT = "template:edit"
    OFFICE_ENTER = "office:enter"
    STEWARD_ENTER = "steward:enter"
    MAIL_VIEW = "mail:view"
    MAIL_RETRY = "mail:retry"
    AUDIT_VIEW = "audit:view"
    USER_VIEW = "user:view"
    USER_EDIT = "user:edit"


P, S = Permission, Scope

_OFFICE_READS = (P.CASE_VIEW, P.CASE_READ, P.SHEET_VIEW, P.CERTIFICATE_VIEW, P.PROFILE_VIEW, P.CAMPAIGN_VIEW)

MATRIX: dict[Role, dict[Permission, Scope]] = {
    Role.TEACHER: dict.fromkeys(
        (
            P.CASE_APPLY,
            P.CASE_VIEW,
            P.CASE_READ,
            P.CASE_FILL,
            P.CASE_SUBMIT,
            P.CASE_WITHDRAW,
            P.APPEAL_FILE,
            P.RECORDING_OWN,
            P.SHEET_VIEW,
            P.CERTIFICATE_VIEW,
            P.PROFILE_VIEW,
            P.PROFILE_EDIT,
        ),
        S.SELF,
    ),
    Role.REVIEWER: dict.fromkeys((P.CASE_VIEW, P.CASE_READ, P.SHEET_WRITE), S.ASSIGNED)
    | {P.RECORDING_OWN: S.SELF},
    # The school sees who has applied and how far, never what was written or decided by whom.
    Role.SCHOOL: {P.CASE_VIEW: S.SCHOOL, P.OFFICE_ENTER: S.SCHOOL},
    Role.COUNTY: dict.fromkeys(
        (
            *_OFFICE_READS,
            P.CASE_CHECK,
            P.CASE_ASSIGN,
            P.CASE_DECIDE,
            P.CERTIFICATE_ISSUE,
            P.TRAINING_EDIT,
            P.CAMPAIGN_EDIT,
            P.CAMPAIGN_APPROVE,
            P.OFFICE_ENTER,
        ),
        S.COUNTY,
    ),
    Role.CENTRE: dict.fromkeys(
        (
            *_OFFICE_READS,
            P.CASE_CHECK,
            P.CASE_ASSIGN,
            P.CASE_DECIDE,
            P.CERTIFICATE_ISSUE,
            P.TRAINING_EDIT,
            P.CAMPAIGN_EDIT,
            P.CAMPAIGN_APPROVE,
            P.MAIL_VIEW,
            P.MAIL_RETRY,
            P.OFFICE_ENTER,
        ),
        S.NATION,
    ),
    # Of the offices' pages the steward sees the campaigns alone.
    Role.STEWARD: dict.fromkeys(
        (
            P.REFERENCE_EDIT,
            P.TEMPLATE_EDIT,
            P.STEWARD_ENTER,
            P.OFFICE_ENTER,
            P.CAMPAIGN_VIEW,
            P.CAMPAIGN_EDIT,
        ),
        S.NATION,
    ),
    Role.AUDITOR: dict.fromkeys(
        (*_OFFICE_READS, P.AUDIT_VIEW, P.MAIL_VIEW, P.USER_VIEW, P.OFFICE_ENTER), S.NATION
    ),
    # No default right to anybody's documents: the administrator keeps accounts and the machine (PROCESS.md 8, P4).
    Role.ADMIN: dict.fromkeys(
        (
            P.USER_VIEW,
            P.USER_EDIT,
            P.AUDIT_VIEW,
            P.MAIL_VIEW,
            P.MAIL_RETRY,
            P.OFFICE_ENTER,
            P.STEWARD_ENTER,
            P.REFERENCE_EDIT,
            P.TEMPLATE_EDIT,
        ),
        S.NATION,
    ),
}


def roles_with(permission: Permission) -> frozenset[Role]:
    """The roles that hold `permission` at any scope."""
    return frozenset(role for role, grants in MATRIX.items() if permission in grants)

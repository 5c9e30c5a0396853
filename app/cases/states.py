"""The states of a case: official name, who holds it, and how it is shown."""

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from app.campaigns.models import Campaign


class State(StrEnum):
    DRAFTING = "drafting"
    FORMAL_CHECK = "formal_check"
    RETURNED = "returned"
    FIRST_ASSIGN = "first_assign"
    FIRST_REVIEW = "first_review"
    FIRST_DECISION = "first_decision"
    REVISING = "revising"
    SECOND_ASSIGN = "second_assign"
    SECOND_REVIEW = "second_review"
    SECOND_DECISION = "second_decision"
    FIRST_FAILED = "first_failed"
    SECOND_FAILED = "second_failed"
    APPEAL_FILED = "appeal_filed"
    APPEAL_ACCEPTED = "appeal_accepted"
    APPEAL_REVIEW = "appeal_review"
    APPEAL_DECISION = "appeal_decision"
    APPEAL_REFUSED = "appeal_refused"
    APPEAL_FAILED = "appeal_failed"
    COURSE = "course"
    PASSED = "passed"
    ISSUED = "issued"
    ANNOUNCED = "announced"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Holder(StrEnum):
    """Who has to act next; the three offices are named by the campaign."""

    TEACHER = "teacher"
    CHECKING = "checking"
    ASSIGNING = "assigning"
    REVIEWERS = "reviewers"
    DECIDING = "deciding"
    ISSUING = "issuing"
    NOBODY = "nobody"


class Round(StrEnum):
    FIRST = "first"
    SECOND = "second"
    APPEAL = "appeal"


ROUND_LABELS = {Round.FIRST: _l("初審"), Round.SECOND: _l("複審"), Round.APPEAL: _l("申復審查")}


class Verdict(StrEnum):
    PASS = "pass"
    MINOR = "minor"
    REVISE = "revise"
    FAIL = "fail"


VERDICT_LABELS = {
    Verdict.PASS: _l("通過"),
    Verdict.MINOR: _l("修正後通過"),
    Verdict.REVISE: _l("修正後複審"),
    Verdict.FAIL: _l("未通過"),
}


@dataclass(frozen=True)
class StateInfo:
    """`next` says in words what happens after this state; `tone` colours the badge."""

    state: State
    label: object
    holder: Holder
    tone: str
    next: object
    round: Round | None = None


_I, _S, _H = StateInfo, State, Holder

STATES: dict[State, StateInfo] = {
    info.state: info
    for info in (
        _I(
            _S.DRAFTING,
            _l("填寫中"),
            _H.TEACHER,
            "draft",
            _l("Fill in every form in order, then send the case."),
        ),
        _I(
            _S.FORMAL_CHECK,
            _l("形式審查"),
            _H.CHECKING,
            "office",
            _l("The documents are checked for completeness."),
        ),
        _I(
            _S.RETURNED,
            _l("退件"),
            _H.TEACHER,
            "attention",
            _l("Mend what the reasons name, then send again."),
        ),
        _I(
            _S.FIRST_ASSIGN,
            _l("初審分發委員"),
            _H.ASSIGNING,
            "office",
            _l("Reviewers are being assigned."),
            Round.FIRST,
        ),
        _I(
            _S.FIRST_REVIEW,
            _l("初審"),
            _H.REVIEWERS,
            "review",
            _l("The reviewers are reading the case."),
            Round.FIRST,
        ),
        _I(
            _S.FIRST_DECISION,
            _l("初審判定"),
            _H.DECIDING,
            "office",
            _l("The result is being decided."),
            Round.FIRST,
        ),
        _I(
            _S.REVISING,
            _l("修正認證資料中"),
            _H.TEACHER,
            "attention",
            _l("Revise by the reviewers' comments, then send for re-review."),
        ),
        _I(
            _S.SECOND_ASSIGN,
            _l("複審分發委員"),
            _H.ASSIGNING,
            "office",
            _l("Reviewers are being assigned."),
            Round.SECOND,
        ),
        _I(
            _S.SECOND_REVIEW,
            _l("複審"),
            _H.REVIEWERS,
            "review",
            _l("The reviewers are reading the revised case."),
            Round.SECOND,
        ),
        _I(
            _S.SECOND_DECISION,
            _l("複審判定"),
            _H.DECIDING,
            "office",
            _l("The result is being decided."),
            Round.SECOND,
        ),
        _I(
            _S.FIRST_FAILED,
            _l("初審不合格"),
            _H.TEACHER,
            "failed",
            _l("Read the reasons; an appeal may be filed until the last day."),
        ),
        _I(
            _S.SECOND_FAILED,
            _l("複審不合格"),
            _H.TEACHER,
            "failed",
            _l("Read the reasons; an appeal may be filed until the last day."),
        ),
        _I(
            _S.APPEAL_FILED,
            _l("申復"),
            _H.DECIDING,
            "office",
            _l("The appeal has been received and will be answered."),
        ),
        _I(
            _S.APPEAL_ACCEPTED,
            _l("申復受理"),
            _H.ASSIGNING,
            "office",
            _l("The appeal is accepted; reviewers other than before are being assigned."),
            Round.APPEAL,
        ),
        _I(
            _S.APPEAL_REVIEW,
            _l("申復審查"),
            _H.REVIEWERS,
            "review",
            _l("Other reviewers are reading the case again."),
            Round.APPEAL,
        ),
        _I(
            _S.APPEAL_DECISION,
            _l("申復判定"),
            _H.DECIDING,
            "office",
            _l("The result is being decided."),
            Round.APPEAL,
        ),
        _I(
            _S.APPEAL_REFUSED,
            _l("申復未受理"),
            _H.NOBODY,
            "failed",
            _l(
                "The first result stands; the letter names the ground. You may apply again in a later campaign."
            ),
        ),
        _I(
            _S.APPEAL_FAILED,
            _l("申復不通過"),
            _H.NOBODY,
            "failed",
            _l("The first result stands. You may apply again in a later campaign."),
        ),
        _I(
            _S.COURSE,
            _l("換證研習"),
            _H.TEACHER,
            "attention",
            _l("The papers are in order: attend the renewal course; the office then confirms the hours."),
        ),
        _I(
            _S.PASSED,
            _l("通過可產證"),
            _H.ISSUING,
            "passed",
            _l("Numbers are issued together when all reviews have ended."),
        ),
        _I(
            _S.ISSUED,
            _l("已發證"),
            _H.ISSUING,
            "passed",
            _l("The number is in your profile; the announcement follows."),
        ),
        _I(
            _S.ANNOUNCED,
            _l("已公告"),
            _H.NOBODY,
            "passed",
            _l("Nothing more to do: the certificate is announced."),
        ),
        _I(_S.WITHDRAWN, _l("撤回"), _H.NOBODY, "ended", _l("The case was withdrawn by the applicant.")),
        _I(_S.LAPSED, _l("逾期"), _H.NOBODY, "ended", _l("The case was not sent in time.")),
    )
}

# The road that a case without mishaps takes, for the progress picture.
MAIN_ROAD = (
    _S.DRAFTING,
    _S.FORMAL_CHECK,
    _S.FIRST_ASSIGN,
    _S.FIRST_REVIEW,
    _S.FIRST_DECISION,
    _S.PASSED,
    _S.ISSUED,
    _S.ANNOUNCED,
)


def main_road(campaign: Campaign) -> tuple[State, ...]:
    """The road of a campaign's cases: without reviewers it goes by the course, or straight on."""
    if campaign.reviewed:
        return MAIN_ROAD
    course = (_S.COURSE,) if campaign.course_follows else ()
    return (_S.DRAFTING, _S.FORMAL_CHECK, *course, _S.PASSED, _S.ISSUED, _S.ANNOUNCED)


APPEAL = (_S.APPEAL_FILED, _S.APPEAL_ACCEPTED, _S.APPEAL_REVIEW, _S.APPEAL_DECISION)
SECOND_ROUND = (_S.REVISING, _S.SECOND_ASSIGN, _S.SECOND_REVIEW, _S.SECOND_DECISION)
# The result went against the applicant and an appeal may still be filed; or was, and changed nothing.
FAILED = frozenset({_S.FIRST_FAILED, _S.SECOND_FAILED})
LOST = FAILED | {_S.APPEAL_REFUSED, _S.APPEAL_FAILED}
ENDED = LOST | {_S.ANNOUNCED, _S.WITHDRAWN, _S.LAPSED}
WITH_TEACHER = frozenset(s for s, info in STATES.items() if info.holder is Holder.TEACHER)
EDITABLE = frozenset({_S.DRAFTING, _S.RETURNED, _S.REVISING})
# What the teacher may read of the reviewing begins when the verdict is known.
SHEETS_SHOWN = LOST | {
    _S.REVISING,
    _S.SECOND_ASSIGN,
    _S.SECOND_REVIEW,
    _S.SECOND_DECISION,
    _S.APPEAL_FILED,
    _S.APPEAL_ACCEPTED,
    _S.APPEAL_REVIEW,
    _S.APPEAL_DECISION,
    _S.PASSED,
    _S.ISSUED,
    _S.ANNOUNCED,
}

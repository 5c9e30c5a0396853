"""The six checks of the apply screen: value needed, value found, yes or no (PROCESS.md 2.4).

A check is kept as plain JSON with the application: {"code", "ok", "needed", "found"}; the words are
made from it when shown, so an old case reads in either language. Facts are fetched for any number of
people at once and judged without the database, so that a changed rule can be tried on a whole county.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from app.access.models import PortalUser
from app.campaigns.models import Campaign
from app.campaigns.tracks import TRACKS, Track
from app.core import clock
from app.core.clock import ROC_OFFSET, roc_year
from app.core.db import db
from app.people.models import Certificate, CertificateState, TeacherProfile, TrainingRecord
from app.reference.models import CourseType, IdentityType

LABELS = {
    "identity": _l("身份"),
    "regular_service": _l("正式教師年資"),
    "teaching_service": _l("實際教學年資"),
    "prerequisite": _l("證號"),
    "hours": _l("研習時數"),
    "cohort": _l("研習年度"),
}

# Only trainings after school year 106 count towards the prerequisite hours (seed).
PREREQUISITE_HOURS_SINCE = 106


@dataclass(frozen=True)
class Held:
    """A certificate in force, of the kind it counts as; `until` is its last day, None when it has none."""

    kind: str
    number: str
    school_year: int
    until: date | None


@dataclass(frozen=True)
class Attended:
    """A training: the certification it counts for, its hours, last day and recorded school year."""

    track: str
    hours: int
    finished_on: date
    school_year: int


@dataclass(frozen=True)
class Facts:
    """What is known of one person. The two months counts are independent: leave without pay, service as an
    acting teacher and the like may count in one and not in the other (PROCESS.md 2.1)."""

    identity: str | None = None
    may_apply: bool = False
    regular_months: int = 0
    teaching_months: int = 0
    certificates: tuple[Held, ...] = ()
    trainings: tuple[Attended, ...] = ()


def facts_of(user_ids: Iterable[int] | Select[Any]) -> dict[int, Facts]:
    """The facts of many people in three queries; of whom nothing is known is missing, to be judged as `Facts()`."""
    chosen: Any = user_ids if isinstance(user_ids, Select) else list(user_ids)
    held: dict[int, list[Held]] = defaultdict(list)
    numbers = select(
        Certificate.user_id,
        Certificate.track,
        Certificate.number,
        Certificate.school_year,
        Certificate.issued_at,
    ).where(Certificate.user_id.in_(chosen), Certificate.state != CertificateState.REVOKED)
    for row in db.session.execute(numbers.order_by(Certificate.id)):
        issued_on = clock.local(row.issued_at).date() if row.issued_at else None
        until = last_day(row.track, issued_on, row.school_year)
        kind = TRACKS[Track(row.track)].gives
        held[row.user_id].append(Held(kind, row.number, row.school_year, until))
    attended: dict[int, list[Attended]] = defaultdict(list)
    trainings = select(
        TrainingRecord.user_id,
        CourseType.track,
        TrainingRecord.hours,
        TrainingRecord.finished_on,
        TrainingRecord.school_year,
    ).join(CourseType)
    for user_id, *values in db.session.execute(trainings.where(TrainingRecord.user_id.in_(chosen))):
        attended[user_id].append(Attended(*values))  # type: ignore[arg-type]
    profiles = select(
        TeacherProfile.user_id,
        IdentityType.code,
        IdentityType.may_apply,
        TeacherProfile.regular_months,
        TeacherProfile.teaching_months,
    ).join(IdentityType)
    posts = {
        user_id: Facts(*post)  # type: ignore[arg-type]
        for user_id, *post in db.session.execute(profiles.where(TeacherProfile.user_id.in_(chosen)))
    }
    return {
        user_id: replace(
            posts.get(user_id, Facts()),
            certificates=tuple(held[user_id]),
            trainings=tuple(attended[user_id]),
        )
        for user_id in {*posts, *held, *attended}
    }


def last_day(track: str, issued_on: date | None, school_year: int) -> date | None:
    """The last day of a certificate; without a date of issue its years run from the end of its school year."""
    years = TRACKS[Track(track)].years
    if years is None:
        return None
    start = issued_on or date(school_year + ROC_OFFSET + 1, 7, 31)
    day = 28 if (start.month, start.day) == (2, 29) else start.day
    return date(start.year + years, start.month, day)


def check(user: PortalUser, campaign: Campaign) -> list[dict[str, Any]]:
    """All six results, not only the failures, for `user` under the rules of `campaign`."""
    return judge(facts_of([user.id]).get(user.id, Facts()), campaign)


def judge(facts: Facts, campaign: Campaign, today: date | None = None) -> list[dict[str, Any]]:
    """The six results for these facts; reads nothing but the two."""
    today = today or clock.today()
    info, asked = TRACKS[campaign.track], campaign.prerequisite_track
    kind = TRACKS[Track(asked)].gives if asked else None
    held = [c for c in facts.certificates if c.kind == kind]
    valid = [c for c in held if c.until is None or c.until >= today]
    basic = sum(
        t.hours for t in facts.trainings if t.track == asked and t.school_year >= PREREQUISITE_HOURS_SINCE
    )
    own = [t for t in facts.trainings if t.track == campaign.track]
    enough = any(_hours_in(own, rule) >= rule["hours"] for rule in campaign.hours)
    # A renewal asks for the year of the certificate where a certification asks for that of the training.
    years = sorted({row.school_year for row in (valid if info.renews else own)}, reverse=True)
    return [
        _row(
            "identity",
            facts.may_apply or facts.identity in info.also,
            str(campaign.track),
            facts.identity,
        ),
        _row(
            "regular_service",
            facts.regular_months >= campaign.regular_months,
            campaign.regular_months,
            facts.regular_months,
        ),
        _row(
            "teaching_service",
            facts.teaching_months >= campaign.teaching_months,
            campaign.teaching_months,
            facts.teaching_months,
        ),
        _row(
            "prerequisite",
            not asked or bool(valid) or basic >= campaign.prerequisite_hours > 0,
            {"track": asked, "hours": campaign.prerequisite_hours},
            {
                "numbers": [c.number for c in valid],
                "void": [[c.number, c.until.isoformat()] for c in held if c.until and c.until < today],
                "hours": basic,
            },
        ),
        _row(
            "hours",
            enough or not campaign.hours,
            campaign.hours or {"course": campaign.course_hours},
            sum(t.hours for t in own),
        ),
        _row(
            "cohort",
            any(year in campaign.cohorts for year in years),
            {"certificates": campaign.cohorts} if info.renews else campaign.cohorts,
            years,
        ),
    ]


def _row(code: str, ok: bool, needed: Any, found: Any) -> dict[str, Any]:
    return {"code": code, "ok": ok, "needed": needed, "found": found}


def _hours_in(trainings: list[Attended], rule: dict[str, Any]) -> int:
    start, end = date.fromisoformat(rule["from"]), rule.get("to")
    return sum(
        t.hours
        for t in trainings
        if start <= t.finished_on and (not end or t.finished_on <= date.fromisoformat(end))
    )


def eligible(checks: list[dict[str, Any]]) -> bool:
    return bool(checks) and all(c["ok"] for c in checks)


def label(row: dict[str, Any]) -> object:
    """What the row is called on the screen."""
    if row["code"] == "cohort" and isinstance(row["needed"], dict):
        return _l("證書年度")
    return LABELS[row["code"]]


def needed_lines(row: dict[str, Any]) -> list[str]:
    """What the rule asks for, in the user's language, one line for each alternative."""
    code, needed = row["code"], row["needed"]
    if code == "identity":
        # Cases of before the other tracks name none.
        return [str(TRACKS[Track(needed or Track.ADVANCED)].who)]
    if code in ("regular_service", "teaching_service"):
        return [_("滿%(years)s年以上", years=_years(needed)) if needed else _("不限")]
    if code == "prerequisite":
        return [_prerequisite_line(needed)]
    if code == "hours":
        return [_hours_line(rule) for rule in needed] if isinstance(needed, list) else [_course_line(needed)]
    if isinstance(needed, dict):
        return [_("%(years)s學年度之證書", years=_joined(needed["certificates"]))]
    return [_("%(years)s學年度之研習", years=_joined(needed))]


def _prerequisite_line(needed: Any) -> str:
    if not isinstance(needed, dict):
        needed = {"track": Track.INITIAL, "hours": needed}
    if not needed["track"]:
        return _("不限")
    info = TRACKS[Track(needed["track"])]
    if needed["hours"]:
        return _(
            "%(held)s或106年以後之%(track)s時數%(hours)s小時(依照縣市規定)",
            held=info.held,
            track=info.short,
            hours=needed["hours"],
        )
    return _("仍有效之%(held)s", held=info.held) if info.years else str(info.held)


def _course_line(needed: dict[str, int]) -> str:
    if not needed["course"]:
        return _("不限")
    return _("申請時不需；形式審查通過後參加換證研習%(hours)s小時", hours=needed["course"])


def _hours_line(rule: dict[str, Any]) -> str:
    start = date.fromisoformat(rule["from"])
    if not rule.get("to"):
        return _(
            "%(year)s年%(month)s月以後，%(hours)s小時",
            year=roc_year(start.year),
            month=start.month,
            hours=rule["hours"],
        )
    end = date.fromisoformat(rule["to"])
    return _(
        "%(year)s年%(month)s月至%(year2)s年%(month2)s月，%(hours)s小時",
        year=roc_year(start.year),
        month=start.month,
        year2=roc_year(end.year),
        month2=end.month,
        hours=rule["hours"],
    )


def found_line(row: dict[str, Any]) -> str:
    """What the profile holds, in the user's language."""
    code, found = row["code"], row["found"]
    if code == "identity":
        kind = db.session.scalar(select(IdentityType).where(IdentityType.code == found)) if found else None
        return kind.label if kind else _("Not in the profile")
    if code in ("regular_service", "teaching_service"):
        return _("%(years)s years %(months)s months", years=found // 12, months=found % 12)
    if code == "prerequisite":
        void = [_("%(number)s (valid until %(day)s)", number=n, day=day) for n, day in found.get("void", ())]
        number = _(", ").join([*found["numbers"], *void]) or _("none")
        # Hours are told where they could stand for the number.
        if isinstance(row["needed"], dict) and not row["needed"]["hours"]:
            return number
        return _("Number: %(number)s; hours: %(hours)s", number=number, hours=found["hours"])
    if code == "hours":
        return _("%(hours)s hours", hours=found)
    return _joined(found) or _("none")


def _joined(years: list[int]) -> str:
    return _(", ").join(str(year) for year in years)


def _years(months: int) -> str:
    return f"{months / 12:g}"

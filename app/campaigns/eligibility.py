"""The six checks of the apply screen: value needed, value found, yes or no (PROCESS.md 2.4).

A check is kept as plain JSON with the application: {"code", "ok", "needed", "found"}; the words are
made from it when shown, so an old case reads in either language.
"""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.access.models import PortalUser
from app.campaigns.models import Campaign
from app.core.clock import roc_year
from app.core.db import db
from app.people.models import Certificate, CertificateState, TeacherProfile, TrainingRecord
from app.reference.models import IdentityType

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


def check(user: PortalUser, campaign: Campaign) -> list[dict[str, Any]]:
    """All six results, not only the failures, for `user` under the rules of `campaign`."""
    profile = db.session.scalar(select(TeacherProfile).where(TeacherProfile.user_id == user.id))
    trainings = db.session.scalars(select(TrainingRecord).where(TrainingRecord.user_id == user.id)).all()
    numbers = db.session.scalars(
        select(Certificate.number).where(
            Certificate.user_id == user.id,
            Certificate.track == campaign.prerequisite_track,
            Certificate.state != CertificateState.REVOKED,
        )
    ).all()
    own = [t for t in trainings if t.course_type.track == campaign.track]
    basic = sum(
        t.hours
        for t in trainings
        if t.course_type.track == campaign.prerequisite_track and t.school_year >= PREREQUISITE_HOURS_SINCE
    )
    enough = any(_hours_in(own, rule) >= rule["hours"] for rule in campaign.hours)
    cohorts = sorted({t.school_year for t in own}, reverse=True)
    identity = profile.identity_type if profile else None
    regular, teaching = (profile.regular_months, profile.teaching_months) if profile else (0, 0)
    return [
        _row("identity", bool(identity and identity.may_apply), None, identity and identity.code),
        _row("regular_service", regular >= campaign.regular_months, campaign.regular_months, regular),
        _row("teaching_service", teaching >= campaign.teaching_months, campaign.teaching_months, teaching),
        _row(
            "prerequisite",
            bool(numbers) or basic >= campaign.prerequisite_hours > 0,
            campaign.prerequisite_hours,
            {"numbers": list(numbers), "hours": basic},
        ),
        _row("hours", enough, campaign.hours, sum(t.hours for t in own)),
        _row("cohort", any(c in campaign.cohorts for c in cohorts), campaign.cohorts, cohorts),
    ]


def _row(code: str, ok: bool, needed: Any, found: Any) -> dict[str, Any]:
    return {"code": code, "ok": ok, "needed": needed, "found": found}


def _hours_in(trainings: list[TrainingRecord], rule: dict[str, Any]) -> int:
    start, end = date.fromisoformat(rule["from"]), rule.get("to")
    return sum(
        t.hours
        for t in trainings
        if start <= t.finished_on and (not end or t.finished_on <= date.fromisoformat(end))
    )


def eligible(checks: list[dict[str, Any]]) -> bool:
    return bool(checks) and all(c["ok"] for c in checks)


def needed_lines(row: dict[str, Any]) -> list[str]:
    """What the rule asks for, in the user's language, one line for each alternative."""
    code, needed = row["code"], row["needed"]
    if code == "identity":
        return [_("現職正式教師")]
    if code in ("regular_service", "teaching_service"):
        return [_("滿%(years)s年以上", years=_years(needed))]
    if code == "prerequisite":
        if not needed:
            return [_("初階證號")]
        return [_("初階證號或106年以後之初階認證時數%(hours)s小時(依照縣市規定)", hours=needed)]
    if code == "hours":
        return [_hours_line(rule) for rule in needed]
    return [_("%(years)s學年度之研習", years=_(", ").join(str(c) for c in needed))]


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
        number = _(", ").join(found["numbers"]) or _("none")
        return _("Number: %(number)s; hours: %(hours)s", number=number, hours=found["hours"])
    if code == "hours":
        return _("%(hours)s hours", hours=found)
    return _(", ").join(str(c) for c in found) or _("none")


def _years(months: int) -> str:
    return f"{months / 12:g}"

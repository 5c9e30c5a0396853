"""認證專區: the five tracks, what a track asks for, and applying."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.access.models import PortalUser
from app.campaigns import eligibility
from app.campaigns.models import Campaign
from app.campaigns.queries import closes_for, current_campaign
from app.campaigns.tracks import TRACKS, Track, TrackInfo
from app.cases import service
from app.cases.models import Case
from app.cases.offices import holder_label
from app.cases.queries import already_decided, current_case
from app.cases.states import ENDED
from app.core import clock
from app.core.db import transaction
from app.core.errors import PortalError
from app.core.i18n import pick
from app.core.web import flash_error
from app.people.queries import profile_of
from app.portal.blueprint import bp, me
from app.portal.case_view import BADGES, deadline
from app.portal.words import day

ADVICE = {
    "identity": "/profile/",
    "regular_service": "/profile/",
    "teaching_service": "/profile/",
    "prerequisite": "/profile/certificates",
    "hours": "/profile/training",
    "cohort": "/profile/training",
}


@dataclass
class TrackView:
    """One track as the present user finds it; `note` says why it is not open, or until when it is."""

    info: TrackInfo
    campaign: Campaign | None
    case: Case | None
    # The last second for this user, extensions included.
    closes: datetime | None

    @property
    def running(self) -> Case | None:
        """The case under way, which a second application would lead to."""
        return self.case if self.case and self.case.state not in ENDED else None

    @property
    def is_open(self) -> bool:
        if self.campaign is None or self.closes is None:
            return False
        return self.campaign.opens_at <= clock.now() and not clock.passed(self.closes)

    @property
    def note(self) -> str:
        campaign = self.campaign
        if campaign is None:
            return _("Not open yet: your county has not announced a campaign for this track.")
        if self.is_open:
            return _("Open until %(day)s", day=day(self.closes))
        if campaign.opens_at > clock.now():
            return _("Not open yet: applications start on %(day)s.", day=day(campaign.opens_at))
        return _("Closed: the last day was %(day)s.", day=day(self.closes))

    @property
    def words(self) -> str:
        """What the authority wants to be read before applying."""
        texts = self.campaign.texts if self.campaign else None
        return pick(texts.get("apply_zh", ""), texts.get("apply_en", "")) if texts else ""


def track_views(user: PortalUser, tracks: Iterable[Track]) -> list[TrackView]:
    """The tracks under the rules of the county of the user's post, else of the account."""
    post = profile_of(user) or user
    views = []
    for track in tracks:
        campaign = current_campaign(
            county_id=post.county_id, track=track, school_id=post.school_id, user_id=user.id
        )
        closes = closes_for(campaign, school_id=post.school_id, user_id=user.id) if campaign else None
        views.append(TrackView(TRACKS[track], campaign, current_case(user, track), closes))
    return views


@bp.get("/certification/")
def certification() -> str:
    """The five tracks."""
    return render_template("certification/index.html", tracks=track_views(me(), TRACKS), badges=BADGES)


@bp.get("/certification/<track>/")
def track(track: str) -> str:
    """申請認證 and 審查 of one track."""
    view = _view(track)
    return render_template(
        "certification/track.html", view=view, badges=BADGES, deadline=deadline, holder_label=holder_label
    )


@bp.get("/certification/<track>/apply")
def apply(track: str) -> str:
    """The six checks, and the button when all pass."""
    view = _view(track)
    checks = eligibility.check(me(), view.campaign) if view.campaign else []
    return render_template(
        "certification/apply.html",
        view=view,
        rows=[_row(check) for check in checks],
        passes=eligibility.eligible(checks),
        refusal=service.ALREADY_DECIDED if view.campaign and already_decided(me(), view.campaign) else "",
    )


@bp.post("/certification/<track>/apply")
def apply_send(track: str) -> Any:
    """Open the case; a second click leads to the same one."""
    view = _view(track)
    if view.campaign is None:
        abort(404)
    try:
        with transaction():
            case_id = service.apply(me(), campaign=view.campaign).id
    except PortalError as error:
        flash_error(error)
        return redirect(url_for("portal.apply", track=track))
    if view.running is None:
        flash(_("Your case is open. Fill in the forms in their order."), "success")
    return redirect(url_for("portal.case_page", case_id=case_id))


def _view(code: str) -> TrackView:
    if code not in TRACKS:
        abort(404)
    return track_views(me(), [Track(code)])[0]


def _row(check: dict[str, Any]) -> dict[str, Any]:
    needed = eligibility.needed_lines(check)
    lines = [f"{number}. {line}" for number, line in enumerate(needed, 1)] if len(needed) > 1 else needed
    return {
        "label": eligibility.label(check),
        "needed": Markup("<br>").join(lines),
        "found": eligibility.found_line(check),
        "passed": check["ok"],
        "advice": _("資格不符。請洽詢所屬縣市之教專中心或臺師大培訓認證"),
        "page": ADVICE[check["code"]],
    }

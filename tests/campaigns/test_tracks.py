"""Every track from the application to the formal check, and what the declarations promise each other."""

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from app.access.matrix import Role
from app.campaigns import eligibility
from app.campaigns.service import broken_rule
from app.campaigns.tracks import SLOTS, TRACKS, Track, slot_kind
from app.cases import service as cases
from app.cases import workflow
from app.cases.models import Case
from app.cases.states import State
from app.core import clock
from app.core.errors import PortalError
from app.forms import registry
from app.people import service as people
from app.reference.models import CourseType
from app.reference.queries import by_code
from tests import factories
from tests.forms import sheets

# After every date that the sheets name.
NOW = "2027-01-20T09:00:00+08:00"


@pytest.fixture(autouse=True)
def later(frozen: Any) -> None:
    frozen.move_to(NOW)


def applied(track: Track) -> Case:
    user = factories.teacher(eligible=False)
    factories.earn(user, track)
    return cases.apply(user, campaign=factories.campaign(track=track))


def fill(case: Case, **changes: dict[str, str]) -> None:
    """Every slot as a person fills it: typed forms through their fields, the others as uploaded files."""
    for number, slot in enumerate(case.campaign.slot_codes, 1):
        code = case.campaign.forms_for(slot)[0]
        if registry.get(code).kind == "upload":
            cases.attach_file(
                case.applicant, case, slot=slot, form_code=code, form_version=1, sha256=f"{number:064x}", size=1000,
                pages=1, file_name="signed.pdf", version=0,
            )  # fmt: skip
            continue
        typed = sheets.typed(registry.build(code)) | changes.get(code, {})
        form = registry.build(code, formdata=MultiDict(typed))
        cases.save_document(
            case.applicant, case, slot=slot, form_code=code, form_version=1, answers=form.answers(),
            complete=not form.problems(), version=0,
        )  # fmt: skip


@pytest.mark.parametrize("track", Track)
def test_a_case_of_each_track_is_applied_for_filled_and_sent(db_session: Any, track: Track) -> None:
    case = applied(track)
    assert eligibility.eligible(case.eligibility)
    fill(case)
    cases.submit(case.applicant, case)
    assert case.state is State.FORMAL_CHECK
    possible = {t.name for t, answer in workflow.available(factories.account(Role.CENTRE), case) if answer}
    assert ("formal_pass" in possible) is case.campaign.reviewed


def test_the_first_way_of_renewal_needs_papers_and_a_course_but_no_review(db_session: Any) -> None:
    case = applied(Track.MENTOR_RENEWAL_1)
    fill(case)
    cases.submit(case.applicant, case)
    centre = factories.account(Role.CENTRE)
    workflow.fire(centre, case, "formal_course")
    assert case.state is State.COURSE
    with pytest.raises(PortalError):
        workflow.fire(centre, case, "course_done")
    people.add_training(
        None, user=case.applicant, course=by_code(CourseType, "renewal-1-course"), finished_on=clock.today(),
        school_year=115, county_id=case.county_id,
    )  # fmt: skip
    workflow.fire(centre, case, "course_done")
    assert case.state is State.PASSED


def test_a_school_over_its_share_keeps_the_case_from_being_sent(db_session: Any) -> None:
    case = applied(Track.MENTOR)
    fill(case, **{"mentor-recommendation": {"recommended_now": "2"}})
    with pytest.raises(PortalError) as refusal:
        cases.submit(case.applicant, case)
    assert "推薦表" in str(refusal.value.message)
    assert case.state is State.DRAFTING


@pytest.mark.parametrize("track", Track)
def test_the_defaults_of_each_track_can_be_published(db_session: Any, track: Track) -> None:
    assert not broken_rule(factories.campaign(published=False, track=track, bands={}))


def test_a_kind_is_the_code_without_its_number() -> None:
    assert slot_kind("observation-2") == slot_kind("observation") == "observation"
    assert slot_kind("mentoring-log-1") == "mentoring-log"
    assert slot_kind("mentor-recommendation") == "mentor-recommendation"
    cycles = {code: slot.cycle for code, slot in SLOTS.items() if slot.cycle}
    assert len(cycles) == 6 and all(code.endswith(f"-{cycle}") for code, cycle in cycles.items())


def test_renewals_give_what_they_ask_for() -> None:
    assert {t for t in Track if TRACKS[t].renews} == {Track.MENTOR_RENEWAL_1, Track.MENTOR_RENEWAL_2}
    assert {t for t in Track if TRACKS[t].years} == {t for t in Track if TRACKS[t].gives is Track.MENTOR}

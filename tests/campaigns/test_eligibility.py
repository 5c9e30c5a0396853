"""The six checks at their edges, what they say, and that they stay with the application."""

from datetime import date, datetime

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from app.access.models import PortalUser
from app.campaigns import eligibility
from app.campaigns.eligibility import check, eligible, found_line, needed_lines
from app.campaigns.tracks import Track
from app.cases import service as cases
from app.core.clock import TAIPEI
from app.core.errors import PortalError
from app.core.i18n import EN, ZH
from app.people import service as people
from app.people.models import Certificate, CertificateState
from app.people.queries import profile_of
from app.reference.models import CourseType, IdentityType
from tests import factories


@pytest.fixture
def campaign(db_session):
    return factories.campaign()


@pytest.fixture
def nobody(db_session):
    """A teacher with a post and nothing else."""
    return factories.teacher(eligible=False)


def result(user, campaign, code):
    return next(row for row in check(user, campaign) if row["code"] == code)


def train(db_session, user, hours, day=date(2025, 8, 19), *, track=Track.ADVANCED, year=114):
    courses = db_session.scalars(select(CourseType).where(CourseType.track == track).order_by(CourseType.id))
    people.add_training(
        None,
        user=user,
        course=courses.first(),
        finished_on=day,
        school_year=year,
        county_id=user.county_id,
        hours=hours,
    )


def number(user, track=Track.INITIAL, text="108"):
    return people.import_certificate(
        None, user=user, track=track, county_id=user.county_id, school_year=108, number=text
    )


def test_all_six_are_told_in_the_order_of_the_screen(nobody, campaign):
    rows = check(nobody, campaign)
    assert [row["code"] for row in rows] == list(eligibility.LABELS)
    assert [row["ok"] for row in rows] == [True, True, True, False, False, False]
    assert not eligible(rows)
    assert not eligible([])
    assert eligible(check(factories.teacher(), campaign))


def test_an_account_without_a_profile_fails_instead_of_breaking(campaign):
    from app.access.matrix import Role

    user = factories.account(Role.TEACHER)
    assert [row["ok"] for row in check(user, campaign)] == [False] * 6
    with pytest.raises(PortalError) as refusal:
        cases.apply(user, campaign=campaign)
    assert refusal.value.code == "not_eligible"


@pytest.mark.parametrize("column", ["regular_months", "teaching_months"])
def test_three_years_are_thirty_six_months_each_count_by_itself(nobody, campaign, column):
    code = {"regular_months": "regular_service", "teaching_months": "teaching_service"}[column]
    profile = profile_of(nobody)
    setattr(profile, column, 36)
    assert all(result(nobody, campaign, c)["ok"] for c in ("regular_service", "teaching_service"))
    setattr(profile, column, 35)
    assert [c for c in ("regular_service", "teaching_service") if not result(nobody, campaign, c)["ok"]] == [
        code
    ]


def test_only_some_kinds_of_teachers_may_apply(nobody, campaign, db_session):
    excluded = db_session.scalars(select(IdentityType).where(~IdentityType.may_apply)).first()
    profile_of(nobody).identity_type_id = excluded.id
    db_session.flush()
    db_session.expire(profile_of(nobody))
    row = result(nobody, campaign, "identity")
    assert not row["ok"]
    assert found_line(row) == excluded.label


@pytest.mark.parametrize(
    ("day", "hours", "enough"),
    [
        (date(2019, 7, 1), 18, True),  # 108年7月以後，18小時
        (date(2019, 7, 1), 17, False),
        (date(2019, 6, 30), 15, True),  # 107年7月至108年6月，15小時
        (date(2019, 6, 30), 14, False),
        (date(2018, 7, 1), 15, True),
        (date(2018, 6, 30), 99, False),
        (date(2025, 8, 19), 15, False),
    ],
)
def test_the_hours_asked_for_follow_the_day_of_the_training(nobody, campaign, db_session, day, hours, enough):
    train(db_session, nobody, hours, day)
    assert result(nobody, campaign, "hours")["ok"] is enough


def test_hours_of_two_rules_are_not_added_up(nobody, campaign, db_session):
    train(db_session, nobody, 10, date(2019, 6, 30))
    train(db_session, nobody, 10, date(2019, 7, 1))
    row = result(nobody, campaign, "hours")
    assert (row["ok"], row["found"]) == (False, 20)
    train(db_session, nobody, 8, date(2019, 7, 2))
    assert result(nobody, campaign, "hours")["ok"]


def test_hours_of_another_track_do_not_count(nobody, campaign, db_session):
    train(db_session, nobody, 40, track=Track.MENTOR)
    assert not result(nobody, campaign, "hours")["ok"]
    assert result(nobody, campaign, "cohort")["found"] == []


@pytest.mark.parametrize(("year", "admitted"), [(112, True), (114, False), (113, False)])
def test_training_years_are_those_listed_not_those_between(nobody, db_session, year, admitted):
    campaign = factories.campaign(cohorts=[115, 112])
    train(db_session, nobody, 18, year=year)
    assert result(nobody, campaign, "cohort")["ok"] is admitted


def test_the_recorded_year_counts_and_not_the_date(nobody, campaign, db_session):
    # The first of August begins a school year, but what counts is what was recorded.
    train(db_session, nobody, 18, date(2026, 8, 1), year=112)
    assert not result(nobody, campaign, "cohort")["ok"]


def test_six_basic_hours_since_106_stand_for_the_number(nobody, campaign, db_session):
    train(db_session, nobody, 5, date(2017, 8, 1), track=Track.INITIAL, year=106)
    assert not result(nobody, campaign, "prerequisite")["ok"]
    train(db_session, nobody, 9, date(2017, 7, 1), track=Track.INITIAL, year=105)
    row = result(nobody, campaign, "prerequisite")
    assert (row["ok"], row["found"]["hours"]) == (False, 5)
    train(db_session, nobody, 1, date(2017, 8, 2), track=Track.INITIAL, year=106)
    assert result(nobody, campaign, "prerequisite")["ok"]


def test_an_authority_may_ask_for_the_number_alone(nobody, db_session):
    campaign = factories.campaign(prerequisite_hours=0)
    train(db_session, nobody, 12, track=Track.INITIAL)
    row = result(nobody, campaign, "prerequisite")
    assert not row["ok"]
    with force_locale(ZH):
        assert needed_lines(row) == ["初階證號"]
    number(nobody)
    assert result(nobody, campaign, "prerequisite")["ok"]


def test_a_revoked_number_and_one_of_another_kind_do_not_count(nobody, campaign, db_session):
    number(nobody, Track.MENTOR, "9")
    assert not result(nobody, campaign, "prerequisite")["ok"]
    held = number(nobody)
    assert result(nobody, campaign, "prerequisite")["found"]["numbers"] == ["108"]
    held.state = CertificateState.REVOKED
    db_session.flush()
    assert db_session.get(Certificate, held.id).state is CertificateState.REVOKED
    assert not result(nobody, campaign, "prerequisite")["ok"]


def test_the_words_in_both_languages(nobody, campaign, db_session):
    number(nobody)
    train(db_session, nobody, 6)
    rows = {row["code"]: row for row in check(nobody, campaign)}
    with force_locale(ZH):
        needed = {code: needed_lines(row) for code, row in rows.items()}
        found = {code: found_line(row) for code, row in rows.items()}
    assert needed == {
        "identity": ["現職正式教師"],
        "regular_service": ["滿3年以上"],
        "teaching_service": ["滿3年以上"],
        "prerequisite": ["初階證號或106年以後之初階認證時數6小時(依照縣市規定)"],
        "hours": ["108年7月以後，18小時", "107年7月至108年6月，15小時"],
        "cohort": ["115、114、113學年度之研習"],
    }
    assert found["hours"].startswith("6") and "108" in found["prerequisite"]
    assert found["cohort"] == "114"
    with force_locale(EN):
        english = "".join([*(line for row in rows.values() for line in needed_lines(row))])
        english += (
            found_line(rows["regular_service"]) + found_line(rows["hours"]) + found_line(rows["prerequisite"])
        )
    assert english.isascii() or not any("\u4e00" <= char <= "\u9fff" for char in english), english
    assert "5 years 0 months" in english


def test_the_checks_stay_with_the_case_as_they_were(campaign, db_session):
    user = factories.teacher()
    case = cases.apply(user, campaign=campaign)
    profile_of(user).regular_months = 0
    db_session.flush()
    db_session.expire(case)
    assert eligible(case.eligibility)
    assert case.eligibility[1] == {"code": "regular_service", "ok": True, "needed": 36, "found": 60}


# -- the other tracks --------------------------------------------------------------------------------------


def rows_of(user, track, **columns):
    campaign = factories.campaign(track=track, **columns)
    return {row["code"]: row for row in check(user, campaign)}


def failing(rows):
    return [code for code, row in rows.items() if not row["ok"]]


def held(user, track=Track.MENTOR, *, year=106, issued_at=None, text="輔18"):
    return people.import_certificate(
        None,
        user=user,
        track=track,
        county_id=user.county_id,
        school_year=year,
        number=text,
        issued_at=issued_at,
    )


def become(db_session, user, code):
    profile = profile_of(user)
    profile.identity_type_id = db_session.scalars(
        select(IdentityType.id).where(IdentityType.code == code)
    ).one()
    db_session.flush()
    db_session.expire(profile)


@pytest.mark.parametrize("track", Track)
def test_what_is_earned_for_a_track_is_enough_for_it(nobody, track):
    assert "cohort" in failing(rows_of(nobody, track))
    factories.earn(nobody, track)
    assert failing(rows_of(nobody, track, batch=2)) == []


def test_the_initial_track_asks_for_six_hours_and_nothing_before(nobody, db_session):
    profile_of(nobody).regular_months = profile_of(nobody).teaching_months = 0
    become(db_session, nobody, "acting")
    train(db_session, nobody, 5, track=Track.INITIAL)
    rows = rows_of(nobody, Track.INITIAL)
    assert failing(rows) == ["hours"]
    with force_locale(ZH):
        needed = {code: needed_lines(row) for code, row in rows.items()}
    assert needed["identity"] == ["任教中小學之合格教師"]
    assert needed["regular_service"] == needed["teaching_service"] == needed["prerequisite"] == ["不限"]
    train(db_session, nobody, 1, date(2025, 8, 20), track=Track.INITIAL)
    assert failing(rows_of(nobody, Track.INITIAL, batch=2)) == []
    become(db_session, nobody, "intern")
    assert failing(rows_of(nobody, Track.INITIAL, batch=3)) == ["identity"]


def test_a_mentor_needs_five_years_and_the_advanced_certificate_itself(nobody, db_session):
    train(db_session, nobody, 30, track=Track.MENTOR, year=112)
    train(db_session, nobody, 18, track=Track.ADVANCED)
    number(nobody)
    rows = rows_of(nobody, Track.MENTOR)
    assert failing(rows) == ["prerequisite"]
    with force_locale(ZH):
        assert (needed_lines(rows["prerequisite"]), found_line(rows["prerequisite"])) == (["進階證號"], "無")
    held(nobody, Track.ADVANCED, text="進7")
    assert failing(rows_of(nobody, Track.MENTOR, batch=2)) == []
    profile_of(nobody).teaching_months = 59
    db_session.flush()
    assert failing(rows_of(nobody, Track.MENTOR, batch=3)) == ["teaching_service"]


@pytest.mark.parametrize("track", [Track.MENTOR_RENEWAL_1, Track.MENTOR_RENEWAL_2])
def test_a_principal_may_renew_and_may_not_certify(nobody, db_session, track):
    factories.earn(nobody, track)
    become(db_session, nobody, "principal")
    assert failing(rows_of(nobody, track)) == []
    assert "identity" in failing(rows_of(nobody, Track.MENTOR))


@pytest.mark.parametrize(
    ("issued_at", "year", "ok"),
    [
        (datetime(2017, 3, 1, tzinfo=TAIPEI), 106, True),  # the last day of the ten years
        (datetime(2017, 2, 28, tzinfo=TAIPEI), 106, False),
        (None, 106, True),  # a year of issue alone: to the end of its school year
        (None, 105, True),
    ],
)
def test_a_certificate_is_renewed_while_it_is_valid(nobody, frozen, issued_at, year, ok):
    frozen.move_to(datetime(2027, 3, 1, 9, tzinfo=TAIPEI), tick=False)
    held(nobody, year=year, issued_at=issued_at)
    rows = rows_of(nobody, Track.MENTOR_RENEWAL_1)
    assert rows["prerequisite"]["ok"] is rows["cohort"]["ok"] is ok
    with force_locale(ZH):
        assert needed_lines(rows["prerequisite"]) == ["仍有效之教學輔導教師證書"]
        assert ("2027-02-28" in found_line(rows["prerequisite"])) is not ok


def test_the_years_of_certificates_are_those_listed(nobody):
    held(nobody, year=107)
    rows = rows_of(nobody, Track.MENTOR_RENEWAL_1)
    assert failing(rows) == ["cohort"]
    with force_locale(ZH):
        assert (str(eligibility.label(rows["cohort"])), found_line(rows["cohort"])) == ("證書年度", "107")
        assert needed_lines(rows["cohort"]) == ["106、105學年度之證書"]
        assert needed_lines(rows["hours"]) == ["申請時不需；形式審查通過後參加換證研習12小時"]
    assert failing(rows_of(nobody, Track.MENTOR_RENEWAL_1, batch=2, cohorts=[107])) == []


def test_a_renewed_certificate_can_be_renewed_again(nobody):
    held(nobody, Track.MENTOR_RENEWAL_2)
    assert failing(rows_of(nobody, Track.MENTOR_RENEWAL_1)) == []


def test_many_people_cost_the_same_queries_and_are_judged_without_any(campaign, db_session, count_queries):
    people_ids = [factories.teacher(eligible=number % 2 == 0).id for number in range(6)]
    db_session.flush()
    with count_queries() as queries:
        facts = eligibility.facts_of(people_ids)
    assert len(queries) == 3
    today = date(2026, 11, 1)
    with count_queries() as queries:
        results = [eligible(eligibility.judge(facts[user_id], campaign, today)) for user_id in people_ids]
    assert queries == [] and results == [True, False] * 3
    chosen = select(PortalUser.id).where(PortalUser.id.in_(people_ids))
    assert eligibility.facts_of(chosen) == facts


def test_the_rows_of_older_cases_still_have_words(db_session):
    with force_locale(ZH):
        assert needed_lines({"code": "identity", "needed": None}) == ["現職正式教師"]
        old = {"code": "prerequisite", "needed": 6, "found": {"numbers": ["43"], "hours": 2}}
        assert needed_lines(old) == ["初階證號或106年以後之初階認證時數6小時(依照縣市規定)"]
        assert "43" in found_line(old) and "2" in found_line(old)

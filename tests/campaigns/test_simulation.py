"""Whom a draft would admit, and what its bands would say of sheets already sent."""

import pytest

from app.access.matrix import Role
from app.campaigns import service
from app.campaigns.simulation import applicants
from app.cases.states import Verdict
from app.reports.simulation import outcomes
from tests import factories


@pytest.fixture
def last(db_session):
    return factories.campaign()


def following(last, **changes):
    draft = service.copy_campaign(factories.account(Role.CENTRE), last)
    service.change_campaign(factories.account(Role.CENTRE), draft, **changes)
    return draft


def test_who_gains_and_who_loses_and_by_which_check(last):
    stays, gains, loses = (factories.teacher(name=name) for name in ("不變", "新增", "失去"))
    never = factories.teacher(name="都不行", eligible=False)
    factories.teacher(factories.school(factories.county("連江")), name="別縣")
    from app.people.queries import profile_of

    profile_of(gains).regular_months = 30
    profile_of(loses).teaching_months = 40
    found = applicants(last, following(last, regular_months=24, teaching_months=48, cohorts=[114]))
    assert (found.teachers, found.before, found.after) == (4, 2, 2)
    assert [(p.name, p.failing) for p in found.gained] == [(gains.name, ("regular_service",))]
    assert [(p.name, p.failing) for p in found.lost] == [(loses.name, ("teaching_service",))]
    assert {stays.name, never.name}.isdisjoint({p.name for p in found.gained + found.lost})


def test_a_county_of_any_size_costs_the_same_queries(last, db_session, count_queries):
    draft = following(last, cohorts=[99])

    def asked():
        db_session.commit()
        with count_queries() as queries:
            found = applicants(last, draft)
        return len(queries), found.lost_count

    factories.teacher()
    few, lost = asked()
    assert lost == 1
    for _ in range(30):
        factories.teacher()
    many, lost = asked()
    assert lost == 31
    assert many == few


def test_without_a_campaign_before_nobody_changes_sides(db_session):
    factories.teacher()
    found = applicants(None, factories.campaign(published=False))
    assert (found.after, found.gained_count, found.lost_count) == (1, 0, 0)


def test_open_cases_that_would_come_out_otherwise(db_session):
    there = factories.world()
    case = factories.reviewed(there, verdict=Verdict.MINOR)
    value = 9
    same = following(there.campaign)
    assert outcomes(there.centre, same).looked_at == 1
    assert outcomes(there.centre, same).changes == []
    bands = factories.BANDS | {"first": [{"from": 1, "to": 7, "verdict": "pass"}]}
    (change,) = outcomes(there.centre, following(there.campaign, bands=bands)).changes
    assert (change.case.id, change.value_before, change.before, change.after) == (
        case.id,
        value,
        "minor",
        None,
    )
    bands = factories.BANDS | {"first": [{"from": 1, "to": 20, "verdict": "revise"}]}
    (change,) = outcomes(there.centre, following(there.campaign, bands=bands)).changes
    assert change.after == "revise"
    assert case.campaign_id == there.campaign.id, "the case keeps its own rules"


def test_ended_cases_and_other_counties_are_left_out(db_session):
    there = factories.world()
    factories.decided(there, Verdict.FAIL)
    assert outcomes(there.centre, following(there.campaign, bands={})).looked_at == 0

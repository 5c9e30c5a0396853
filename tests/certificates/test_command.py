"""`flask certificates issue`: numbers for a whole campaign from the command line."""

import json

import pytest
from sqlalchemy import select

from app.access.matrix import Role
from app.access.service import set_active
from app.campaigns.models import Office
from app.cases.models import Case, CaseEvent
from app.cases.states import State
from app.people.models import Certificate
from tests import factories
from tests.certificates.test_numbers import FIRST, passed


@pytest.fixture
def run(app, db_session):
    def invoke(*args):
        db_session.commit()
        result = app.test_cli_runner().invoke(args=["certificates", "issue", *map(str, args)])
        db_session.expire_all()
        return result

    return invoke


def test_it_prints_one_document_and_the_history_names_the_account(there, run, db_session):
    (case,) = passed(there)
    result = run("--campaign", there.campaign.id, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {
        "campaign": there.campaign.id,
        "as": there.centre.username,
        "dry_run": False,
        "issued": [{"case": case.id, "number": FIRST}],
    }
    last = db_session.scalars(
        select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)
    ).all()[-1]
    assert (last.transition, last.actor_id, last.actor_role) == ("issue", there.centre.id, "centre")
    again = run("--campaign", there.campaign.id)
    assert (again.exit_code, again.stdout) == (0, f"0 numbers issued by {there.centre.username}\n")


def test_a_dry_run_says_the_numbers_and_gives_none(there, run, db_session):
    cases = passed(there, count=2)
    result = run("--campaign", there.campaign.id, "--dry-run", "--json")
    assert [row["number"] for row in json.loads(result.stdout)["issued"]] == [
        FIRST,
        FIRST.replace("001號", "002號"),
    ]
    assert db_session.scalars(select(Certificate).where(Certificate.case_id.is_not(None))).all() == []
    assert {db_session.get(Case, case.id).state for case in cases} == {State.PASSED}
    assert FIRST in run("--campaign", there.campaign.id, "--dry-run").stdout


def test_the_campaigns_own_office_issues(db_session, run):
    there = factories.world(issuing_office=Office.COUNTY)
    factories.account(Role.COUNTY, place=factories.county("連江"))
    passed(there)
    result = run("--campaign", there.campaign.id, "--json")
    assert json.loads(result.stdout)["as"] == there.county.username


def test_somebody_may_be_named_who_has_the_right(there, run):
    passed(there)
    second = factories.account(Role.CENTRE)
    result = run("--campaign", there.campaign.id, "--as", second.username, "--dry-run", "--json")
    assert json.loads(result.stdout)["as"] == second.username
    for wrong in (there.county.username, there.teacher.username, "nobody"):
        result = run("--campaign", there.campaign.id, "--as", wrong)
        assert result.exit_code == 1
        assert result.stdout == "" and result.stderr.startswith("Error: ")


def test_it_says_what_is_missing(there, run):
    assert "no campaign 9999" in run("--campaign", 9999).stderr
    assert run().exit_code == 2
    set_active(None, user=there.centre, active=False)
    result = run("--campaign", there.campaign.id)
    assert (result.exit_code, result.stdout) == (1, "")

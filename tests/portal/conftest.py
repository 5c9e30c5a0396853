"""A small county told through the services: two teachers, two reviewers, an office, an open campaign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import PASSWORD
from tests.factories import BANDS, LEVEL_OF


@dataclass
class County:
    """Ids and names that the tests talk about; `pdf` is a file that the gate lets through."""

    app: Flask
    users: dict[str, int]
    campaign: int
    pdf: bytes

    def case_of(self, username: str) -> int:
        """The id of the user's only case."""
        from sqlalchemy import select

        from app.cases.models import Case
        from app.core.db import db

        with self.app.app_context():
            return int(
                db.session.scalars(select(Case.id).where(Case.applicant_id == self.users[username])).one()
            )

    def row(self, model: type, row_id: int) -> Any:
        """A fresh look at a row, to be used at once."""
        from app.core.db import db

        return db.session.get(model, row_id)


@pytest.fixture
def county(app: Flask) -> County:
    """Everybody there, nothing begun."""
    from sqlalchemy import select

    from app.access import service as access
    from app.access.matrix import Role
    from app.campaigns import service as campaigns
    from app.campaigns.tracks import Track
    from app.core import clock
    from app.core.db import db, transaction
    from app.forms import registry
    from app.forms.paper import paper_pdf
    from app.people import service as people
    from app.reference.models import County as CountyRow
    from app.reference.models import CourseType, IdentityType, School
    from seed.reference import advanced_defaults

    def row(model: Any, code: str) -> Any:
        return db.session.scalars(select(model).where(model.code == code)).one()

    with app.app_context(), transaction():
        taoyuan = db.session.scalars(select(CountyRow).where(CountyRow.short_name == "桃園")).one()
        schools = db.session.scalars(select(School).where(School.county_id == taoyuan.id)).all()
        far = db.session.scalars(select(School).where(School.county_id != taoyuan.id)).first()

        def user(name: str, role: Role, school: Any = None, **more: Any) -> Any:
            return access.create_user(
                None,
                username=name,
                name={"teacher": "陳雅雯", "other": "林曉春"}.get(name, name),
                email=f"{name}@school.example",
                password=PASSWORD,
                roles=(role,),
                school_id=school.id if school else None,
                county_id=more.get("county_id", school.county_id if school else None),
            )

        users = {
            "teacher": user("teacher", Role.TEACHER, schools[0]),
            "other": user("other", Role.TEACHER, schools[1]),
            "newcomer": user("newcomer", Role.TEACHER, schools[1]),
            "reviewer": user("reviewer", Role.REVIEWER, far),
            "reviewer2": user("reviewer2", Role.REVIEWER, far),
            "school": user("school", Role.SCHOOL, schools[0]),
            "centre": user("centre", Role.CENTRE),
            "county": user("county", Role.COUNTY, county_id=taoyuan.id),
        }
        for name in ("teacher", "other", "newcomer"):
            months = 6 if name == "newcomer" else 60
            people.open_profile(
                None,
                user=users[name],
                school=users[name].school,
                identity=row(IdentityType, "regular"),
                regular_months=months,
                teaching_months=months,
            )
            if name != "newcomer":
                people.import_certificate(
                    None,
                    user=users[name],
                    track="initial",
                    county_id=taoyuan.id,
                    school_year=110,
                    number=f"4{name}",
                )
                for course in ("advanced-stage-1", "advanced-2-4"):
                    people.add_training(
                        None,
                        user=users[name],
                        course=row(CourseType, course),
                        finished_on=date(2025, 8, 19),
                        school_year=114,
                        county_id=taoyuan.id,
                    )
        campaign = campaigns.create_campaign(
            None,
            **{**advanced_defaults(), "cohorts": [115, 114, 113], "bands": BANDS},
            county_id=taoyuan.id,
            track=Track.ADVANCED,
            label_year=115,
            opens_at=clock.now() - timedelta(days=2),
            closes_at=clock.days_after(clock.now(), 60),
        )
        campaigns.publish_campaign(None, campaign)
        pdf = paper_pdf(registry.get("open-lesson-proof").paper, {"teacher": "陳雅雯"}, "zh_Hant_TW")  # type: ignore[attr-defined]
        found = County(app, {name: user.id for name, user in users.items()}, campaign.id, pdf)
    return found


@pytest.fixture
def visit(app: Flask, county: County, login: Callable[..., FlaskClient]) -> Callable[[str], Any]:
    """`visit("teacher")` is that person at a browser of their own, reading Chinese."""
    return lambda username: login(app.test_client(), username)


@pytest.fixture
def drafting(county: County, visit: Callable[[str], Any]) -> int:
    """The teacher's case, just opened."""
    visit("teacher").submit("/certification/advanced/apply")
    return county.case_of("teacher")


@pytest.fixture
def complete(county: County, drafting: int) -> int:
    """The teacher's case with every form filled in, not yet sent."""
    from flask import current_app

    from app.cases import service as cases
    from app.cases.models import Case
    from app.core.db import transaction
    from app.core.files import FileStore
    from app.forms import registry
    from seed import demo_texts

    with county.app.app_context(), transaction():
        case = county.row(Case, drafting)
        blob = FileStore(current_app.config["FILES_DIR"]).put(county.pdf)
        for slot in ("open-lesson-proof", "community-proof", "checklist"):
            form = registry.get(case.campaign.forms_for(slot)[0])
            cases.attach_file(
                case.applicant, case, slot=slot, form_code=form.code, form_version=form.version,
                sha256=blob.sha256, size=blob.size, pages=1, file_name="proof.pdf", version=0,
            )  # fmt: skip
        for slot, code in demo_texts.TYPED.items():
            typed = registry.build(code, answers=demo_texts.answers(code))
            typed.prefill({"observer": case.applicant.name})
            assert not typed.problems()
            cases.save_document(
                case.applicant, case, slot=slot, form_code=code, form_version=typed.version,
                answers=typed.answers(), complete=True, version=0,
            )  # fmt: skip
    return drafting


@pytest.fixture
def reviewing(county: County, complete: int) -> int:
    """The teacher's case with two reviewers at work."""
    from app.access.models import PortalUser
    from app.cases import service as cases
    from app.cases import workflow
    from app.cases.models import Case
    from app.core.db import transaction
    from app.reviews import service as reviews

    with county.app.app_context(), transaction():
        case = county.row(Case, complete)
        centre = county.row(PortalUser, county.users["centre"])
        cases.submit(case.applicant, case)
        workflow.fire(centre, case, "formal_pass")
        reviews.assign(centre, case, reviewer_ids=[county.users["reviewer"], county.users["reviewer2"]])
    return complete


@pytest.fixture
def decided(county: County, reviewing: int) -> Callable[[str], int]:
    """`decided("fail")`: both sheets in, the first round decided that way."""
    from app.access.models import PortalUser
    from app.cases.models import Case
    from app.cases.states import Verdict
    from app.core.db import transaction
    from app.reviews import service as reviews
    from app.reviews.queries import assignments, sheet_items

    def decide(verdict: str) -> int:
        with county.app.app_context(), transaction():
            case = county.row(Case, reviewing)
            for assignment in assignments(case):
                reviews.save_sheet(
                    assignment.reviewer,
                    assignment,
                    levels={item.code: LEVEL_OF[Verdict(verdict)] for item in sheet_items(case.track)},
                    comments={},
                    remark=f"意見 {assignment.reviewer.username}",
                    verdict=Verdict(verdict),
                    version=0,
                )
                reviews.send_sheet(assignment.reviewer, assignment)
            office = county.row(PortalUser, county.users["county"])
            reviews.decide(office, case, verdict=Verdict(verdict), reason="觀察後回饋會談紀錄表未完整")
        return reviewing

    return decide

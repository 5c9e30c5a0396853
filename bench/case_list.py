"""The offices' case list at 200,000 cases beside Flask-AppBuilder's own ModelView of the same model.

Both run in this process on the same SQLite file, through the test client, as an account that sees everything. The
rival shows the same columns with the same page size and its stock templates and settings.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from bench.timing import interleaved

CASES, PEOPLE, SCHOOLS, COUNTIES = 200_000, 2_000, 3_000, 22
ROUNDS, WARM = 9, 3
AIM = 5.0
PASSWORD = "Bench-1234!"


def run() -> list[dict[str, Any]]:
    """Rows {name, ours_ms, rival, rival_ms, ratio, aim}; a ratio above the aim is a pass."""
    with portal() as app:
        fill(app)
        ours, rival = signed_in(app, "/login/"), stock(app)
        deep = CASES - 199_000
        pages = (
            ("case list, first page", "/office/cases/list/", "/stockcases/list/", "stock ModelView", AIM),
            (
                "case list, 199,000 rows deep",
                f"/office/cases/list/?after={deep}",
                f"/stockcases/list/?page_StockCases={199_000 // 25}",
                "stock ModelView",
                AIM,
            ),
            (
                "case list, one school",
                "/office/cases/list/?school=B00005",
                f"/stockcases/list/?_flt_0_school={school_id(app)}",
                "stock ModelView",
                AIM,
            ),
            (
                "case list, first page",
                "/office/cases/list/",
                "/lean/list/",
                "ModelView without relations in its search",
                None,
            ),
        )
        return [
            measure(name, getter(ours, mine), against, getter(rival, other), aim)
            for name, mine, other, against, aim in pages
        ]


def measure(
    name: str, ours: Callable[[], Any], against: str, rival: Callable[[], Any], aim: float | None
) -> dict[str, Any]:
    """One row: medians of interleaved rounds."""
    mine, other = interleaved(ours, rival, rounds=ROUNDS, warm=WARM)
    return {
        "name": name,
        "ours_ms": round(mine, 1),
        "rival": against,
        "rival_ms": round(other, 1),
        "ratio": round(other / mine, 1),
        "aim": f">= {aim:g}" if aim else "",
        "met": other / mine >= aim if aim else None,
    }


def getter(client: FlaskClient, url: str) -> Callable[[], Any]:
    def get() -> Any:
        answer = client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)
        return answer

    return get


@contextmanager
def portal() -> Iterator[Flask]:
    """The product on a migrated, empty SQLite file of its own."""
    from flask_migrate import upgrade

    import config
    from app import create_app
    from app.access.sync import sync
    from app.core.db import db, transaction
    from seed import reference

    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:

        class Bench(config.Development):
            """Away from the developer's own files."""

            INSTANCE = Path(folder)
            FILES_DIR = f"{folder}/files"
            SECRET_KEY = "only-for-benchmarks"
            SQLALCHEMY_DATABASE_URI = f"sqlite:///{folder}/portal.db"
            DEMO = False

        app = create_app(Bench)
        with app.app_context():
            upgrade()
            with transaction():
                reference.load()
            sync()
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def fill(app: Flask) -> None:
    """One account of the centre, 2,000 teachers, 3,000 schools, 200,000 cases; most of them ended."""
    from app.access import service
    from app.access.matrix import Role
    from app.access.models import PortalUser
    from app.campaigns.service import create_campaign
    from app.campaigns.tracks import Track
    from app.cases.models import Case
    from app.cases.states import ENDED, State
    from app.core import clock
    from app.core.db import db, transaction
    from app.reference.models import County, School, SchoolLevel
    from seed.reference import advanced_defaults

    now = clock.now()
    with app.app_context(), transaction():
        service.create_user(
            None,
            username="bench",
            name="Bench",
            email="bench@example.org",
            password=PASSWORD,
            roles=(Role.CENTRE,),
        )
        counties = list(db.session.scalars(select(County.id).order_by(County.id)))
        level = db.session.scalars(select(SchoolLevel.id)).first()
        defaults = advanced_defaults()
        campaigns = [
            create_campaign(
                None,
                county_id=county,
                track=Track.ADVANCED,
                opens_at=now - timedelta(9),
                closes_at=now,
                **{"label_year": 115, **defaults},
            ).id
            for county in counties
        ]
        schools = [
            {
                "code": f"B{n:05d}",
                "label_zh": f"示範國小{n}",
                "label_en": f"School {n}",
                "county_id": counties[n % COUNTIES],
                "level_id": level,
            }
            for n in range(SCHOOLS)
        ]
        db.session.execute(insert(School), schools)
        people = [
            {
                "username": f"t{n}",
                "first_name": "師",
                "last_name": f"示{n}",
                "display_name": f"示範{n}",
                "email": f"t{n}@example.org",
                "active": True,
            }
            for n in range(PEOPLE)
        ]
        db.session.execute(insert(PortalUser), people)
        db.session.flush()
        school_rows = db.session.execute(
            select(School.id, School.county_id).where(School.code.startswith("B"))
        ).all()
        person_ids = list(
            db.session.scalars(select(PortalUser.id).where(PortalUser.username.startswith("t")))
        )
        ended, open_states = sorted(ENDED), [s for s in State if s not in ENDED]
        campaign_of = dict(zip(counties, campaigns, strict=True))
        first_of = set()

        def case(number: int) -> dict[str, Any]:
            school, county = school_rows[number % len(school_rows)]
            person = person_ids[number % len(person_ids)]
            # One open case for each person; the index of the product allows no second one.
            state = (
                ended[number % len(ended)] if person in first_of else open_states[number % len(open_states)]
            )
            first_of.add(person)
            return {
                "applicant_id": person,
                "campaign_id": campaign_of[county],
                "track": Track.ADVANCED,
                "county_id": county,
                "school_id": school,
                "state": state,
                "state_since": now - timedelta(minutes=number),
                "reopened": [],
                "eligibility": [],
                "reason": "",
                "version": 1,
            }

        for start in range(0, CASES, 20_000):
            db.session.execute(insert(Case), [case(number) for number in range(start, start + 20_000)])


def school_id(app: Flask) -> int:
    """The key of the school B00005."""
    from app.core.db import db
    from app.reference.models import School

    with app.app_context():
        return db.session.scalars(select(School.id).where(School.code == "B00005")).one()


def signed_in(app: Flask, page: str) -> FlaskClient:
    """A visitor who has logged in through the page."""
    client = app.test_client()
    found = re.search(r'name="csrf_token"[^>]*?value="([^"]+)"', client.get(page).text)
    assert found
    answer = client.post(page, data={"csrf_token": found[1], "username": "bench", "password": PASSWORD})
    assert answer.status_code == 302
    return client


def stock(app: Flask) -> FlaskClient:
    """Flask-AppBuilder as its documentation sets it up, on the same file, signed in as its Admin."""
    from flask_appbuilder import AppBuilder, ModelView
    from flask_appbuilder.models.sqla.interface import SQLAInterface
    from flask_appbuilder.security.sqla.models import Role, User

    from app.cases.models import Case
    from app.core.db import db

    plain = Flask("bench_stock")
    plain.config.update(
        SECRET_KEY="only-for-benchmarks",
        SQLALCHEMY_DATABASE_URI=app.config["SQLALCHEMY_DATABASE_URI"],
        FAB_CREATE_DB=True,
        FAB_ADD_SECURITY_VIEWS=False,
        AUTH_RATE_LIMITED=False,
    )
    db.init_app(plain)
    columns = ["id", "applicant", "school", "county", "state", "track_label", "state_since", "due_at"]

    class StockCases(ModelView):
        datamodel = SQLAInterface(Case)
        list_columns = columns
        # Its search form cannot show an enum that is stored by value.
        search_exclude_columns = ["state", "track"]

    class Lean(StockCases):
        route_base = "/lean"
        search_columns = ["reason"]

    with plain.app_context():
        builder = AppBuilder(plain, db.session)
        for view in (StockCases, Lean):
            builder.add_view(view, view.__name__)
        admin = db.session.scalars(select(Role).where(Role.name == "Admin")).one()
        user = db.session.scalars(select(User).where(User.username == "bench")).one()
        user.roles.append(admin)
        db.session.commit()
        user_id = user.id
    client = plain.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = str(user_id), True
    return client

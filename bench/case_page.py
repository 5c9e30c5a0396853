"""The teacher's case page and the saving of a draft beside a bare Flask view with the same queries and write.

The rival knows no scope, no rights, no form token, no audit, no header and no translation: it asks for the account,
the case and its documents, and writes one row. Within three times of it is the aim.
"""

import json
import re
from datetime import timedelta
from typing import Any

from flask import Flask, jsonify, render_template_string, request
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from bench.case_list import PASSWORD, portal
from bench.timing import interleaved

ROUNDS, WARM = 25, 5
AIM = 3.0
SLOT = "pre-observation"
FORM = "pre-observation-a"


def run() -> list[dict[str, Any]]:
    """Rows {name, ours_ms, rival, rival_ms, ratio, aim}; here the ratio is ours to theirs."""
    with portal() as app:
        case_id = make_case(app)
        client, token = signed_in(app)
        rival = bare(app, case_id).test_client()
        rows = [
            row("case page", lambda: ok(client.get(f"/cases/{case_id}/")), lambda: ok(rival.get("/case"))),
        ]
        save = Saver(client, token, case_id)
        rows.append(row("saving a draft", save, lambda: ok(rival.post("/save", data=save.fields()))))
        return rows


def row(name: str, ours: Any, rival: Any) -> dict[str, Any]:
    mine, other = interleaved(ours, rival, rounds=ROUNDS, warm=WARM)
    return {
        "name": name,
        "ours_ms": round(mine, 1),
        "rival": "bare Flask view, same queries",
        "rival_ms": round(other, 1),
        "ratio": round(mine / other, 2),
        "aim": f"<= {AIM:g}",
        "met": mine / other <= AIM,
    }


def ok(answer: Any) -> Any:
    assert answer.status_code == 200, (answer.status_code, answer.text[:300])
    return answer


class Saver:
    """What draft.js sends: each time a changed text and the version that the last answer named."""

    def __init__(self, client: FlaskClient, token: str, case_id: int) -> None:
        self.client, self.token, self.case_id = client, token, case_id
        self.version = self.turn = 0

    def fields(self) -> dict[str, str]:
        self.turn += 1
        return {
            "csrf_token": self.token,
            "version": str(self.version),
            "form": FORM,
            "subject": f"數學{self.turn}",
        }

    def __call__(self) -> None:
        headers = {"X-Requested-With": "draft"}
        answer = self.client.post(
            f"/cases/{self.case_id}/{SLOT}/draft",
            query_string={"form": FORM},
            data=self.fields(),
            headers=headers,
        )
        self.version = ok(answer).json["version"]


def make_case(app: Flask) -> int:
    """A teacher's drafted case with a document in four slots."""
    from app.access import service
    from app.access.matrix import Role
    from app.campaigns.service import create_campaign, publish_campaign
    from app.campaigns.tracks import Track
    from app.cases.models import Case, Document
    from app.core import clock
    from app.core.db import db, transaction
    from app.reference.models import School
    from seed.reference import advanced_defaults

    with app.app_context(), transaction():
        school = db.session.scalars(select(School).order_by(School.id)).first()
        assert school is not None
        teacher = service.create_user(
            None,
            username="bench",
            name="示範師",
            email="bench@example.org",
            password=PASSWORD,
            roles=(Role.TEACHER,),
            county_id=school.county_id,
            school_id=school.id,
        )
        window = {"opens_at": clock.now() - timedelta(1), "closes_at": clock.now() + timedelta(30)}
        values = {"label_year": 115, **advanced_defaults(), **window}
        campaign = create_campaign(None, county_id=school.county_id, track=Track.ADVANCED, **values)
        publish_campaign(None, campaign)
        case = Case(
            applicant_id=teacher.id,
            campaign_id=campaign.id,
            track=Track.ADVANCED,
            county_id=school.county_id,
            school_id=school.id,
        )
        db.session.add(case)
        db.session.flush()
        for slot in campaign.slot_codes[:2]:
            form = campaign.forms_for(slot)[0]
            db.session.add(Document(case_id=case.id, slot=slot, form_code=form, form_version=1, answers={}))
        return case.id


def signed_in(app: Flask) -> tuple[FlaskClient, str]:
    """The teacher's client and a form token."""
    client = app.test_client()

    def token(page: str) -> str:
        found = re.search(r'name="csrf_token"[^>]*?value="([^"]+)"', client.get(page).text)
        assert found
        return found[1]

    data = {"csrf_token": token("/login/"), "username": "bench", "password": PASSWORD}
    assert client.post("/login/", data=data).status_code == 302
    return client, token("/profile/")


PAGE = """<!doctype html><title>{{ case.id }}</title><h1>{{ user.username }}</h1><p>{{ case.state }}</p>
<table>{% for d in documents %}<tr><td>{{ d.slot }}<td>{{ d.form_code }}<td>{{ d.complete }}{% endfor %}</table>"""


def bare(app: Flask, case_id: int) -> Flask:
    """The same three queries and one write with nothing around them, on the same file."""
    from app.access.models import PortalUser
    from app.cases.models import Case, Document
    from app.core import db as database

    plain = Flask("bench_bare")
    plain.config["SQLALCHEMY_DATABASE_URI"] = app.config["SQLALCHEMY_DATABASE_URI"]
    plain.config["MIGRATIONS_DIR"] = app.config["MIGRATIONS_DIR"]
    database.init_app(plain)
    db = database.db

    def three() -> tuple[Any, Any, Any]:
        user = db.session.scalars(select(PortalUser).where(PortalUser.username == "bench")).one()
        load = (joinedload(Case.campaign), joinedload(Case.school), joinedload(Case.county))
        case = db.session.scalars(select(Case).where(Case.id == case_id).options(*load)).one()
        documents = db.session.scalars(select(Document).where(Document.case_id == case.id)).all()
        return user, case, documents

    @plain.get("/case")
    def page() -> str:
        user, case, documents = three()
        return render_template_string(PAGE, user=user, case=case, documents=documents)

    @plain.post("/save")
    def save() -> Any:
        _user, case, documents = three()
        document = next((d for d in documents if d.slot == "bare"), None)
        if document is None:
            document = Document(case_id=case.id, slot="bare", form_code=FORM, form_version=1)
            db.session.add(document)
        document.answers = json.loads(json.dumps(request.form.to_dict()))
        db.session.commit()
        return jsonify(version=document.version)

    return plain

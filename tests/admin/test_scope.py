"""Rows of another county: every route that changes something answers 404 (or 403) and changes nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.matrix import Permission
from app.admin.base import OfficeModelView
from app.cases.models import Case
from app.cases.states import Round, State
from app.core.db import db, transaction
from app.core.errors import DeclarationError
from app.people.models import TrainingRecord
from app.reference.models import CourseType
from app.reviews.models import Assignment, ProposedPair
from app.reviews.service import proposing


def office_views(app: Flask) -> dict[str, Any]:
    return {view.endpoint: view for view in app.extensions["appbuilder"].baseviews if view.endpoint}


def changing_routes(app: Flask) -> Iterator[tuple[Any, str, dict[str, str]]]:
    """(view, address, form fields) of every POST under /office/, with {pk} where a row goes."""
    views = office_views(app)
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/office/") or "POST" not in rule.methods:
            continue
        view = views[rule.endpoint.split(".")[0]]
        method = rule.endpoint.split(".")[1]
        path = (
            rule.rule.replace("<pk>", "{pk}").replace("<campaign>", "{campaign}").replace("<round_>", "first")
        )
        names = {"run": ["issue", "announce"]}.get(method, list(getattr(view, "actions", {})))
        if method == "action_post":
            yield from ((view, path, {"action": name, "rowid": "{pk}"}) for name in names)
        elif "<name>" in path or "<string:name>" in path:
            for name in names:
                filled = path.replace("<string:name>", name).replace("<name>", name)
                yield view, filled, {"rowid": "{pk}"}
        else:
            yield view, path, {"reason": "x", "verdict": "pass", "rowid": "{pk}"}


def test_every_changing_route_is_tried(app: Flask) -> None:
    paths = {path for _view, path, _data in changing_routes(app)}
    assert {"/office/cases/formal_pass/{pk}", "/office/cases/decide/{pk}", "/office/cases/run/issue"} <= paths
    assert "/office/assignment/{campaign}/first/change_shown/{pk}" in paths
    assert len(paths) > 15


def test_a_foreign_row_is_like_a_missing_one_and_stays_as_it_is(
    app: Flask, offices: Any, enter: Any, picture: Any
) -> None:
    with transaction():
        proposing.propose(offices.world.centre, offices.world.campaign, Round.FIRST)
    campaign = str(offices.world.campaign.id)
    client = enter(offices.other)
    token = client.token("/office/")
    models = {view.endpoint: getattr(view, "model", ProposedPair) for view in office_views(app).values()}
    before = picture()
    for view, path, data in changing_routes(app):
        model = models[view.endpoint]
        tried = list(offices.cases.values()) if model is Case else [None]
        for case in tried:
            number = str(case.id if case is not None else _first_id(model) or 1)
            fields = {name: value.replace("{pk}", number) for name, value in data.items()}
            address = path.replace("{pk}", number).replace("{campaign}", campaign)
            answer = client.post(address, data={"csrf_token": token, **fields})
            if path.endswith("/add"):
                assert answer.status_code == 422, (path, answer.status_code)
            else:
                assert answer.status_code in (403, 404), (path, fields, answer.status_code)
            if model in (Case, ProposedPair):
                # Centre and county hold the same steps, so it is the row that is refused, not the route.
                assert answer.status_code == 404, path
    assert picture() == before


def _first_id(model: Any) -> int | str | None:
    if model is ProposedPair:
        pair = db.session.scalars(select(ProposedPair).order_by(ProposedPair.id)).first()
        return f"{pair.case_id}-{pair.reviewer_id}"
    return db.session.scalar(select(model.id).order_by(model.id))


def test_the_county_of_the_case_passes_where_the_other_fails(offices: Any, enter: Any) -> None:
    """The counter-check: the same request does something for whom it belongs to."""
    case = offices.cases[State.FORMAL_CHECK]
    answer = enter(offices.world.centre).submit(f"/office/cases/formal_pass/{case.id}")
    assert answer.status_code == 302
    db.session.expire_all()
    assert db.session.get(Case, case.id).state is State.FIRST_ASSIGN


@pytest.mark.parametrize("kind", ["show", "file", "api"])
def test_a_foreign_row_cannot_be_read(offices: Any, enter: Any, kind: str) -> None:
    case = offices.cases[State.FIRST_DECISION]
    client = enter(offices.other)
    path = {
        "show": f"/office/cases/show/{case.id}",
        "file": f"/office/cases/file/{case.id}/{'0' * 64}",
        "api": f"/api/v1/cases/{case.id}",
    }[kind]
    assert client.get(path).status_code == 404
    assert f"#{case.id}<" not in client.get("/office/cases/list/").text
    assert client.get("/api/v1/cases/").json["count"] == 0
    assert case.applicant.name not in client.get("/office/cases/csv").text


def test_a_record_is_never_made_for_a_teacher_of_another_county(
    offices: Any, enter: Any, picture: Any
) -> None:
    client = enter(offices.other)
    before = picture()
    answer = client.submit(
        "/office/training/add",
        {
            "teacher": offices.world.teacher.username,
            "course": _course(),
            "hours": "6",
            "finished_on": "2026-01-10",
            "school_year": "114",
            "organiser": "<b>縣</b>",
        },
    )
    assert answer.status_code == 422
    assert offices.world.teacher.username in answer.text, "what was typed is kept"
    assert "&lt;b&gt;縣" in answer.text
    assert picture() == before
    own = enter(offices.world.county).submit(
        "/office/training/add",
        {
            "teacher": offices.world.teacher.username,
            "course": _course(),
            "hours": "6",
            "finished_on": "2026-01-10",
            "school_year": "114",
        },
    )
    assert own.status_code == 302
    made = db.session.scalars(select(TrainingRecord).order_by(TrainingRecord.id.desc())).first()
    assert (made.hours, made.county_id) == (6, offices.world.county.county_id)


def _course() -> str:
    return db.session.scalars(select(CourseType.code).order_by(CourseType.id)).first()


def test_no_generated_form_lists_rows_of_a_scoped_table(app: Flask) -> None:
    class Careless(OfficeModelView):
        """Its form would offer every case of the nation."""

        model = Assignment
        permission = Permission.CASE_VIEW
        edit_permission = Permission.CASE_ASSIGN
        edit_columns = add_columns = ["case"]

    with app.app_context(), pytest.raises(DeclarationError, match="would list Case rows"):
        Careless()

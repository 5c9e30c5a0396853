"""Who may enter the console, and that no address of it has lost its guard."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.access.matrix import MATRIX, Permission, Role
from app.steward.base import Guarded
from tests.conftest import Client

ENTERS = {Role.STEWARD, Role.ADMIN}


def views(app: Flask) -> list[Any]:
    return app.extensions["admin"][0]._views


def addresses(app: Flask) -> list[str]:
    """Every GET address of the console."""
    return [
        f"{view.url}/{path}"
        for view in views(app)
        for path in (
            "",
            *(("new/", "edit/?id=1", "details/?id=1", "export/csv/") if hasattr(view, "model") else ()),
        )
    ]


def test_the_matrix_names_who_enters() -> None:
    assert {role for role in Role if Permission.STEWARD_ENTER in MATRIX[role]} == ENTERS


def test_every_view_carries_the_guard_first(app: Flask) -> None:
    for view in views(app):
        assert isinstance(view, Guarded), view
        assert type(view).is_accessible is Guarded.is_accessible, view
        assert type(view).inaccessible_callback is Guarded.inaccessible_callback, view


def test_nothing_is_deleted_or_edited_in_place(app: Flask) -> None:
    for view in views(app)[1:]:
        assert not view.can_delete
        assert not view.column_editable_list


@pytest.mark.parametrize("role", list(Role))
def test_each_role_at_each_address(app: Flask, visitor: Callable[[Role], Client], role: Role) -> None:
    client = visitor(role)
    for address in addresses(app):
        status = client.get(address).status_code
        if role in ENTERS:
            # 302: a table without that page; 404: an item without its rubric.
            assert status in {200, 302} or "rubric-item/new" in address, address
        else:
            assert status == 403, address


def test_a_visitor_is_sent_to_the_log_in_page(app: Flask, client: Client) -> None:
    for address in addresses(app):
        answer = client.get(address)
        assert (answer.status_code, answer.location.split("?")[0]) == (302, "/login/"), address


def test_a_refused_role_cannot_write(app: Flask, visitor: Callable[[Role], Client]) -> None:
    client = visitor(Role.TEACHER)
    token = client.token("/login/") if not client.get("/").text.count("csrf_token") else client.token("/")
    for path in ("new/", "edit/?id=1", "action/", "delete/", "ajax/update/"):
        answer = client.post(f"/steward/county/{path}", data={"csrf_token": token, "label_zh": "無"})
        assert answer.status_code == 403, path


def test_no_post_without_the_token(app: Flask, steward: Client) -> None:
    for view in views(app)[1:]:
        for path in ("new/", "edit/?id=1", "action/", "delete/", "ajax/update/"):
            assert steward.post(f"{view.url}/{path}", data={}).status_code == 400, f"{view.url}/{path}"


def test_a_steward_sees_no_cases(steward: Client) -> None:
    assert not any(str(p).startswith(("case:", "sheet:")) for p in MATRIX[Role.STEWARD])
    assert "/office/cases" not in steward.get("/steward/").text
    assert "/office/cases" not in steward.get("/office/").text
    assert steward.get("/office/cases/list/").status_code in (403, 404)

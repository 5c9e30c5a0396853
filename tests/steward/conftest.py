"""Accounts for the console, one for each role."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.access.matrix import Role
from tests.conftest import PASSWORD, Client


@pytest.fixture
def visitor(app: Flask, login: Callable[..., Client]) -> Callable[[Role], Client]:
    """`visitor(Role.STEWARD)` is a client signed in with an account that has that role only."""

    def enter(role: Role) -> Client:
        from app.access import service
        from app.core.db import transaction

        with app.app_context(), transaction():
            service.create_user(
                None,
                username=f"one-{role.value}",
                name="某人",
                email=f"{role.value}@example.org",
                password=PASSWORD,
                roles=(role,),
            )
        return login(app.test_client(), f"one-{role.value}")

    return enter


@pytest.fixture
def steward(visitor: Callable[[Role], Client]) -> Client:
    """A signed-in data steward who reads English."""
    client = visitor(Role.STEWARD)
    client.get("/lang/en")
    return client


@pytest.fixture
def county_form() -> dict[str, Any]:
    """What the page for a county sends."""
    return {
        "label_zh": "桃園市",
        "label_en": "Taoyuan City",
        "short_name": "桃園",
        "short_name_en": "Taoyuan",
        "contact": "",
        "sort": "4",
        "confirmed": "y",
        "source": "",
        "note": "",
    }

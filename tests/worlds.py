"""Fixtures that several folders share: a world with one campaign, and deeds done at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from app.core.db import transaction
from app.core.errors import PortalError
from tests import factories


@pytest.fixture
def there(db_session: Any) -> factories.World:
    """Committed, so that other sessions see it."""
    world = factories.world()
    db_session.commit()
    return world


@pytest.fixture
def together(app: Flask, db_session: Any) -> Callable[..., list[Any]]:
    """`together(*deeds)`: each in a thread and a transaction of its own; returns results or refusals."""

    def run(*deeds: Callable[[], Any]) -> list[Any]:
        db_session.commit()
        start = Barrier(len(deeds))

        def one(deed: Callable[[], Any]) -> Any:
            with app.app_context():
                start.wait(timeout=20)
                try:
                    with transaction():
                        return deed()
                except PortalError as refusal:
                    return refusal

        with ThreadPoolExecutor(len(deeds)) as pool:
            results = list(pool.map(one, deeds))
        db_session.expire_all()
        return results

    return run

"""A world with one campaign for the tests of notices."""

import pytest

from tests import factories
from tests.worlds import together  # noqa: F401


@pytest.fixture
def there(db_session):
    """Committed, so that other sessions see it."""
    world = factories.world()
    db_session.commit()
    return world

"""A world with one campaign for the tests of reports."""

import pytest

from tests import factories


@pytest.fixture
def there(db_session):
    """Committed, so that other sessions see it."""
    world = factories.world()
    db_session.commit()
    return world

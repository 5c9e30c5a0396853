"""The factory: reads like a table of contents of the product."""

from importlib import import_module
from typing import Any

from flask import Flask

import config as configuration
from app.core import db as database
from app.core import web

# Every module that declares tables, guards, effects or receivers, from the ground up.
FEATURES = (
    "app.core.audit",
    "app.core.outbox",
    "app.core.scratch",
    "app.core.stored",
    "app.access.models",
    "app.reference.models",
    "app.observations.models",
    "app.people.models",
    "app.campaigns.models",
    "app.cases.models",
    "app.cases.guards",
    "app.cases.offices",
    "app.similarity.models",
    "app.similarity.events",
    "app.reviews.models",
    "app.reviews.guards",
    "app.certificates.models",
    "app.certificates.guards",
    "app.notices.models",
    "app.notices.events",
)


def create_app(settings: type[configuration.Config] | dict[str, Any] | None = None) -> Flask:
    """A whole portal: `settings` is a configuration class, or a dict that overrides the current one."""
    app = Flask(__name__)
    base = settings if isinstance(settings, type) else configuration.current()
    base.prepare()
    app.config.from_object(base)
    if isinstance(settings, dict):
        app.config.update(settings)

    database.init_app(app)
    web.init_app(app)
    for module in FEATURES:
        import_module(module)
    with app.app_context():
        _generated(app)
        _checked()
    _commands(app)
    return app


def _generated(app: Flask) -> None:
    """The portal, the offices' dashboards and the stewards' console."""
    from app import admin, portal, reports, steward
    from app.access.security import PortalAppBuilder

    appbuilder = PortalAppBuilder(base_template="layout/base.html")
    appbuilder.init_app(app, database.db.session)
    portal.init_app(app)
    admin.init_app(app, appbuilder)
    steward.init_app(app)
    reports.init_app(app)
    appbuilder.post_init()


def _checked() -> None:
    """A wrong declaration stops the start."""
    from app.cases import workflow
    from app.forms import registry
    from app.notices import catalog

    workflow.check_declarations()
    catalog.check_declarations()
    registry.load()


def _commands(app: Flask) -> None:
    from app import cli

    cli.init_app(app)

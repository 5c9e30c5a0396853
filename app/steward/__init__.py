"""Flask-Admin: the console of the lookup tables, under /steward/."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.core import web


def init_app(app: Flask) -> None:
    """Register the console: one screen for each lookup table, in the order of `TABLES`."""
    from flask_admin import Admin

    from app.reference.models import Lookup
    from app.steward.views.home import StewardHome
    from app.steward.views.lookups import TABLES, LookupView, Table
    from app.steward.views.messages import MessageTemplateView
    from app.steward.views.rubrics import RubricItemView, RubricView

    admin = Admin(
        app,
        name=_l("Data console"),
        index_view=StewardHome(),
        csp_nonce_generator=web.csp_nonce,
        # Flask-Admin's own Chinese has gaps and wrong sentences; domain "admin" in our folder replaces it.
        translations_path=app.config["BABEL_TRANSLATION_DIRECTORIES"],
    )
    for model in sorted(Lookup.__subclasses__(), key=[*TABLES, *Lookup.__subclasses__()].index):
        admin.add_view(LookupView(model, TABLES.get(model, Table(model.__name__))))
    admin.add_views(RubricView(), RubricItemView(), MessageTemplateView())

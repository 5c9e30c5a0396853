"""The pages of teachers and reviewers."""

from importlib import import_module

from flask import Flask

# One module of views for each subject; importing it puts its addresses on the blueprint.
SUBJECTS = (
    "menu",
    "home",
    "certification",
    "cases",
    "slots",
    "pins",
    "uploads",
    "submissions",
    "appeals",
    "sheets",
    "reviews",
    "conflicts",
    "similar",
    "messages",
    "library",
    "live",
    "plans",
    "toolbox",
    "analysis",
    "practice",
    "profile",
    "kept",
    "public",
)


def init_app(app: Flask) -> None:
    """Register the portal's addresses, filters and navigation."""
    from app.portal import blueprint, kept, live_api, words

    for subject in SUBJECTS:
        import_module(f"app.portal.{subject}")
    app.register_blueprint(blueprint.bp)
    app.register_blueprint(blueprint.public)
    app.register_blueprint(live_api.api)
    words.init_app(app)
    kept.init_app(app)

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
    "uploads",
    "submissions",
    "sheets",
    "reviews",
    "messages",
    "library",
    "profile",
    "public",
)


def init_app(app: Flask) -> None:
    """Register the portal's addresses, filters and navigation."""
    from app.portal import blueprint, words

    for subject in SUBJECTS:
        import_module(f"app.portal.{subject}")
    app.register_blueprint(blueprint.bp)
    app.register_blueprint(blueprint.public)
    words.init_app(app)

"""The application object for `flask` and the server."""

from app import create_app

app = create_app()

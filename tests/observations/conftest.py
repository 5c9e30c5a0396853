"""Shared fixtures."""

from tests.worlds import there, together  # noqa: F401

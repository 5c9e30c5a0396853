"""Errors that a user may see: each carries a stable code and a message in the user's language."""


class PortalError(Exception):
    """A refusal with a reason; views show `message` at `field` (a form field's id) when there is one."""

    status = 409

    def __init__(self, message: object, *, code: str = "error", field: str | None = None) -> None:
        super().__init__(str(code))
        self._message = message
        self.code = code
        self.field = field

    @property
    def message(self) -> str:
        """Plain text in the present language: a template takes a lazy string for markup and would not escape
        what somebody typed."""
        return str(self._message)


class Forbidden(PortalError):
    """The actor may see the thing but may not do this to it."""

    status = 403


class NotFound(PortalError):
    """The thing is not there for this actor: foreign rows look the same as missing ones."""

    status = 404


class Invalid(PortalError):
    """The input is wrong and can be mended by the user."""

    status = 422


class Stale(PortalError):
    """The record changed since the actor read it."""

    status = 409


class StorageFull(PortalError):
    """The bytes could not be kept (disk full or not writable); nothing else was changed."""

    status = 507


class DeclarationError(RuntimeError):
    """A form, transition or permission is declared wrongly: file, place and remedy; stops the start."""

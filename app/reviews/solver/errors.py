"""The refusal of a document; here, so that whoever catches it need not load the arithmetic."""


class Malformed(ValueError):
    """A document that cannot be read, with the place in it that is wrong."""

    code = "malformed"

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.values = {"place": place}

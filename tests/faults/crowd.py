"""One process of a crowd: does random deeds until it is killed, and notes each in a journal before and after."""

import json
import os
import sys

from app import create_app
from tests.histories import Crowd, Deed, People, as_line, listening


def main(seed: int, journal: str, people: str) -> None:
    """`journal` is appended to, a line for each beginning and each end."""
    known = json.loads(people)
    teachers = {int(case_id): user for case_id, user in known["teachers"].items()}
    handle = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(deed: Deed) -> None:
        # One write: a line is there whole or not at all, whenever the process ends.
        os.write(handle, (json.dumps(as_line(deed)) + "\n").encode())

    crowd = Crowd(create_app(), People(teachers, known["office"], known["reviewers"]), seed)
    with listening():
        while True:
            crowd.one(note)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])

"""Words of the records in words: 選擇性逐字紀錄, 軼事紀錄, and of the agreement of two observers."""

from flask_babel import lazy_gettext as _l

TABLES = {
    "speakers": _l("Who spoke"),
    "levels": _l("Open and closed questions"),
    "praise": _l("Words of praise used more than once"),
    "judging": _l("Judging words in the columns of facts"),
}

TERMS = {
    "verbatim_time_line": _l("Utterances over the lesson"),
    "anecdotal_time_line": _l("Entries over the lesson"),
    "speaker": _l("Speaker"),
    "level": _l("Open or closed"),
    "open": _l("開放式"),
    "closed": _l("封閉式"),
    "word": _l("Word"),
    "entry": _l("Entry no."),
    "column": _l("In the column"),
    "position": _l("Place in the text"),
}

FIGURES = {
    "utterances": (_l("Utterances"), _l("Everything that was written down.")),
    "questions": (_l("Questions of the teacher"), _l("By kind, by level, or by their question mark.")),
    "rate": (_l("Utterances per 10 minutes"), _l("How dense the talk of this kind was.")),
    "open_share": (_l("Open questions"), _l("Within the questions whose level was marked.")),
    "open_to_closed": (_l("Open to closed questions"), _l("How many open questions for each closed one.")),
    "wait_1": (_l("Wait time 1"), _l("The pause after the teacher's question, until somebody answers.")),
    "wait_2": (_l("Wait time 2"), _l("The pause after a pupil's words, until the next one speaks.")),
    "answered": (
        _l("Questions followed by a pupil"),
        _l("Questions after which a pupil spoke within five seconds."),
    ),
    "entries": (_l("Entries"), _l("Descriptions written down; nothing else is counted.")),
}

FORMULAS = {
    "questions": _l("n that ask"),
    "rate": _l("10 × n / minutes"),
    "open_share": _l("100 × open / (open + closed)"),
    "open_to_closed": _l("open / closed"),
    "wait_1": _l("median of the pauses after the teacher's words"),
    "wait_2": _l("median of the pauses after the pupils' words"),
    "answered": _l("100 × questions followed by a pupil within 5 s / questions with a time"),
}

GROUPS = {
    "verbatim": (
        (_l("Questions"), ("questions", "open_share", "open_to_closed", "answered")),
        (_l("Wait time"), ("wait_1", "wait_2")),
        (_l("What was recorded"), ("utterances", "rate")),
    ),
    "anecdotal": ((_l("What was recorded"), ("entries",)),),
}

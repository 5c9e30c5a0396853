"""Words that all instruments share: names, units, reasons, notes, columns."""

from flask_babel import lazy_gettext as _l

INSTRUMENTS = {
    "flanders": _l("佛蘭德斯互動分析法量化分析表"),
    "verbal-flow": _l("語言流動量化分析表"),
    "at-task": _l("在工作中量化分析表"),
    "teacher-movement": _l("教師移動量化分析表"),
    "verbatim": _l("選擇性逐字紀錄表"),
    "anecdotal": _l("軼事紀錄表"),
}

UNITS = {
    "seconds": _l("s"),
    "per_10_min": _l("per 10 minutes"),
    "desks": _l("desks (approximate)"),
}

BRACKETS = {
    "always": _l("A 10 is added before the first and after the last code."),
    "missing": _l("A 10 is added at an end that has none."),
    "none": _l("No 10 is added at the ends."),
}

REASONS = {
    "zero_denominator": _l("There is nothing to compare with: the count below the line is zero."),
    "not_timed": _l("The codes carry no times."),
    "no_plan": _l("There is no seating plan."),
    "no_waits": _l("No pause was measured."),
    "nothing_to_compare": _l("No entry of one observer has a counterpart of the other within the tolerance."),
    "one_category": _l(
        "Both used one single category: agreement by chance is certain, so the figure has no meaning."
    ),
}

# %(name)s are the values of the note.
NOTES = {
    "nothing_recorded": _l("Nothing was recorded."),
    "not_timed": _l("The codes carry no times; what needs times is left out."),
    "gaps": _l(
        "There are %(n)s gaps of more than one and a half beats, about %(missed)s beats; nothing was filled in."
    ),
    "absent_seat": _l("%(n)s entries at seats marked absent are left out: %(seats)s."),
    "unknown_seat": _l("%(n)s entries at seats that are not on the plan are left out."),
    "unknown_code": _l(
        "%(n)s entries with the code %(code)s, which the record does not declare, are left out."
    ),
    "thin_sample": _l(
        "A single pupil's share rests on %(least)s to %(most)s looks only: read it with its 95%% interval, as a hint."
    ),
    "few_sweeps": _l("Only %(n)s sweeps; at least %(least)s are advised."),
    "fast_sweeps": _l("Sweeps %(sweeps)s took less than %(least)s seconds for a pupil."),
    "not_finished": _l("The recording was not finished: how long the last stop took is not known."),
    "words_missing": _l("%(n)s entries still have no words."),
    "judging_words": _l(
        "%(n)s judging words stand in the columns of facts; they are listed below and stay as they are."
    ),
    "short_record": _l(
        "Only %(n)s codes: the two added 10s weigh noticeably; compare the shares without them below."
    ),
    "no_bracket": _l("No 10 was added at the ends, so row totals and column totals may differ by one."),
}

TERMS = {
    "count": _l("Count"),
    "percent": _l("%"),
    "seconds": _l("Time (min:s)"),
    "minutes": _l("Minutes"),
    "from": _l("From category"),
    "to": _l("To category"),
    "teacher": _l("教師"),
    "pupil": _l("學生"),
    "class": _l("全班"),
    "note": _l("Observer's note"),
    "absent": _l("缺席"),
    "seat": _l("Seat"),
    "kind": _l("Kind of talk"),
    "code": _l("Code"),
    "number_of_pupils": _l("Number of pupils"),
    "pupils": _l("Number of pupils"),
    "no_kind": _l("(no kind)"),
    "furniture_board": _l("Board"),
    "furniture_desk": _l("Teacher's desk"),
    "furniture_door": _l("Door"),
    "furniture_screen": _l("Screen"),
    "furniture_pillar": _l("Pillar"),
    "furniture_window": _l("Window"),
    "f": _l("女"),
    "m": _l("男"),
    "x": _l("其他"),
    "": _l("(not given)"),
    "front": _l("前排"),
    "middle": _l("中間"),
    "back": _l("後排"),
    "left": _l("左側"),
    "right": _l("右側"),
}

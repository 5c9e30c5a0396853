"""Words of the instruments on the seating plan: 語言流動, 在工作中, 教師移動."""

from flask_babel import lazy_gettext as _l

TABLES = {
    "seats": _l("Seat by seat"),
    "kinds": _l("Kinds of talk"),
    "directions": _l("Directions"),
    "parts": _l("Parts of the lesson"),
    "never_reached": _l("Pupils never reached"),
    "gender": _l("By gender"),
    "row_band": _l("By row"),
    "column_band": _l("By column"),
    "zone": _l("By zone"),
    "action_zone": _l("Inside and outside of the action zone"),
    "group": _l("By group"),
    "sweeps": _l("Sweep by sweep"),
    "codes": _l("Codes"),
    "sweep_codes": _l("Codes of each sweep"),
    "pupils": _l("Pupil by pupil"),
    "never_visited": _l("Pupils never visited"),
    "never_near": _l("Pupils never within reach"),
    "zones": _l("Stops and time by zone"),
    "transitions": _l("Moves from zone to zone"),
    "reasons": _l("Reasons of the moves"),
}

TERMS = {
    "flow_plan": _l("Who spoke with whom"),
    "at_task_plan": _l("At task, pupil by pupil"),
    "at_task_trend": _l("At task over the sweeps"),
    "at_task_codes": _l("Codes of each sweep"),
    "movement_plan": _l("Path of the teacher"),
    # directions and addressees
    "direction": _l("Direction"),
    "to_pupil": _l("To a pupil"),
    "from_pupil": _l("From a pupil"),
    "between": _l("Between pupils"),
    "group": _l("小組"),
    "any": _l("Any direction"),
    # columns
    "total": _l("Total"),
    "gender": _l("Gender"),
    "row_band": _l("Row"),
    "column_band": _l("Column"),
    "zone": _l("Zone"),
    "action_zone": _l("Action zone"),
    "inside": _l("Inside"),
    "outside": _l("Outside"),
    "percent_of_pupils": _l("Pupils (%)"),
    "evenness": _l("Share ÷ share of pupils"),
    "coverage": _l("Pupils reached (%)"),
    "part": _l("Part"),
    "sweep": _l("Sweep"),
    "on_task": _l("At task"),
    "seen": _l("Present and seen"),
    "at_task_percent": _l("At task (%)"),
    "low": _l("From (95%)"),
    "high": _l("To (95%)"),
    "longest_off_task": _l("Longest run off task"),
    "duration_s": _l("Duration"),
    "seconds_per_pupil": _l("Seconds per pupil"),
    "points": _l("Stops"),
    "stops": _l("With contact"),
    "visits": _l("Visits"),
    "first_s": _l("First visit"),
    "last_s": _l("Last visit"),
    "seconds_in_reach": _l("Time within reach"),
    "desks": _l("Path (desks)"),
    "reason": _l("Reason of the move"),
    "stage": _l("講台"),
    # reasons of a move
    "patrol": _l("巡視"),
    "help": _l("個別指導"),
    "manage": _l("管理"),
    "handout": _l("發放"),
    "other": _l("其他"),
}

FIGURES = {
    "exchanges": (_l("Exchanges"), _l("All exchanges recorded between those present.")),
    "pupil_exchanges": (
        _l("Exchanges with one pupil"),
        _l("Between the teacher or the class and one pupil."),
    ),
    "class_exchanges": (
        _l("Exchanges with the whole class"),
        _l("A line of their own, never spread over the seats."),
    ),
    "group_exchanges": (
        _l("Exchanges with a group"),
        _l("A line of their own, never spread over the seats."),
    ),
    "peer_exchanges": (
        _l("Exchanges between pupils"),
        _l("Pupils with pupils; they do not count as being reached."),
    ),
    "coverage": (_l("Coverage"), _l("Pupils with at least one exchange of their own, of those present.")),
    "never_reached": (
        _l("Pupils never reached"),
        _l("Present, and without an exchange of their own; listed below."),
    ),
    "top3_share": (
        _l("Share of the three busiest pupils"),
        _l("How much of the talk with single pupils went to only three of them."),
    ),
    "action_zone_share": (
        _l("Share of the action zone"),
        _l("Front rows and middle columns, where pupils are spoken to most."),
    ),
    "evenness": (
        _l("Evenness"),
        _l("1 when all pupils have equally many exchanges, near 0 when one has them all."),
    ),
    "called_share": (
        _l("Called on"),
        _l("Answers of pupils who were called on, within called on and volunteered."),
    ),
    "praise_to_correction": (_l("Praise to correction"), _l("How many times praise for each correction.")),
    "to_class_share": (_l("Spoken to the whole class"), _l("Of what the teacher said.")),
    "to_group_share": (_l("Spoken to a group"), _l("Of what the teacher said.")),
    "to_one_share": (_l("Spoken to one pupil"), _l("Of what the teacher said.")),
    "on_task": (
        _l("在工作中比率"),
        _l(
            "Looks with the pupil at task, of all looks at pupils present and seen; sums, not a mean of means."
        ),
    ),
    "sweeps": (_l("Sweeps"), _l("Rounds through the class.")),
    "looks": (_l("Looks that count"), _l("Pupils present and seen, over all sweeps.")),
    "longest_off_task": (
        _l("Longest run off task"),
        _l("The most sweeps in a row in which one pupil was off task."),
    ),
    "seconds_per_pupil": (
        _l("Seconds per pupil"),
        _l("Pace of the sweeps; at least three seconds are advised."),
    ),
    "points": (_l("Stops"), _l("Places that were marked on the plan, in order.")),
    "stops": (_l("Stops with contact"), _l("Stops at which teacher and pupil had to do with each other.")),
    "seconds": (
        _l("Time of all stops"),
        _l("From each stop to the next one, the last one to the end of the lesson."),
    ),
    "path_length": (_l("Length of the path"), _l("Straight lines from stop to stop: approximate.")),
    "front_share": (_l("Time at the front"), _l("Before the class and in the front rows.")),
    "stage_share": (_l("Time before the class"), _l("Between the board and the first row.")),
    "teacher-movement:coverage": (
        _l("Pupils visited"),
        _l("Pupils whose seat was a stop, of those present."),
    ),
    "never_visited": (
        _l("Pupils never visited"),
        _l("Present, and their seat was never a stop; listed below."),
    ),
    "reached": (
        _l("Pupils within reach"),
        _l("Pupils the teacher came near to at least once, of those present."),
    ),
}

# Formulas in words; those in signs need none.
FORMULAS = {
    "pupil_exchanges": _l("n with one pupil"),
    "class_exchanges": _l("n with the whole class"),
    "group_exchanges": _l("n with a group"),
    "peer_exchanges": _l("n between pupils"),
    "coverage": _l("100 × pupils reached / pupils present"),
    "never_reached": _l("pupils present - pupils reached"),
    "top3_share": _l("100 × exchanges of the three pupils with most / n with one pupil"),
    "action_zone_share": _l("100 × n in the action zone / n with one pupil"),
    "evenness": _l("1 - Gini = 1 - Σ|x - y| / (2 × pupils × Σx)"),
    "called_share": _l("100 × called on / (called on + volunteered)"),
    "praise_to_correction": _l("praise / correction"),
    "to_class_share": _l("100 × n of the teacher to the whole class / n of the teacher"),
    "to_group_share": _l("100 × n of the teacher to groups / n of the teacher"),
    "to_one_share": _l("100 × n of the teacher to one pupil / n of the teacher"),
    "on_task": _l("100 × Σ on task / Σ present and seen"),
    "sweeps": _l("number of sweeps"),
    "looks": _l("Σ present and seen"),
    "longest_off_task": _l("sweeps in a row"),
    "seconds_per_pupil": _l("Σ (last mark - first mark) / Σ (marks - 1)"),
    "stops": _l("n with contact"),
    "seconds": _l("Σ time of the stops"),
    "path_length": _l("Σ straight lines from stop to stop"),
    "front_share": _l("100 × seconds there / Σ time of the stops"),
    "stage_share": _l("100 × seconds there / Σ time of the stops"),
    "teacher-movement:coverage": _l("100 × pupils visited / pupils present"),
    "never_visited": _l("pupils present - pupils visited"),
    "reached": _l("100 × pupils within reach at least once / pupils present"),
}

GROUPS = {
    "verbal-flow": (
        (_l("Who is reached"), ("coverage", "never_reached", "top3_share", "action_zone_share", "evenness")),
        (_l("How they talk"), ("called_share", "praise_to_correction")),
        (_l("Whom the teacher speaks to"), ("to_class_share", "to_group_share", "to_one_share")),
        (
            _l("What was recorded"),
            ("exchanges", "pupil_exchanges", "class_exchanges", "group_exchanges", "peer_exchanges"),
        ),
    ),
    "at-task": (
        (_l("At task"), ("on_task", "longest_off_task")),
        (_l("What was recorded"), ("sweeps", "looks", "seconds_per_pupil")),
    ),
    "teacher-movement": (
        (_l("Whom the teacher came to"), ("coverage", "never_visited", "reached")),
        (_l("Where the teacher stood"), ("front_share", "stage_share", "path_length")),
        (_l("What was recorded"), ("points", "stops", "seconds")),
    ),
}

"""佛蘭德斯互動分析: the ten categories, the ground rules, the figures and what they mean."""

from flask_babel import lazy_gettext as _l

CATEGORIES = {
    1: _l("接納學生情感"),
    2: _l("稱讚或鼓勵"),
    3: _l("接受或利用學生想法"),
    4: _l("提問"),
    5: _l("講述"),
    6: _l("指示或命令"),
    7: _l("批評學生或維護權威"),
    8: _l("學生話語：教師驅動（回應）"),
    9: _l("學生話語：學生主動（自發）"),
    10: _l("安靜或混亂"),
}

GROUND_RULES = {
    "farthest_from_5": _l(
        "In doubt, take the category farthest from 5, but never 10: 2 rather than 3, 9 rather than 8, 7 rather than 6."
    ),
    "no_flip": _l("Stay with a steady direct or indirect run until there is a clear sign of change."),
    "no_intent": _l("Neither your own view nor the teacher's intention counts, only what happens."),
    "write_all": _l(
        "More than one category within three seconds: write all of them; no change: repeat the number."
    ),
    "silence": _l("Silence longer than three seconds: one 10 for each three seconds."),
    "jokes": _l("A joke at a pupil's expense is 7, any other joke is 2."),
    "repeat_answer": _l("Repeating a correct answer is 2."),
    "choral": _l("An answer in chorus to a tiny question is 8."),
}

TABLES = {
    "categories": _l("Categories"),
    "areas": _l("Areas of the matrix"),
    "main_flow": _l("Main flow"),
    "gaps": _l("Gaps"),
}

TERMS = {
    "group_indirect": _l("教師話語：間接影響"),
    "group_direct": _l("教師話語：直接影響"),
    "group_pupil": _l("學生話語（8、9）"),
    "group_silence": _l("安靜或混亂"),
    "first": _l("First category of a pair (row)"),
    "then": _l("Category that followed (column)"),
    "codes": _l("Codes"),
    # pictures
    "flanders_time_line": _l("Time line of the categories"),
    "flanders_matrix": _l("互動矩陣"),
    "flanders_shares": _l("Codes of each group"),
    # areas of the matrix
    "CCR": _l("內容十字區"),
    "SSR": _l("穩定狀態區"),
    "VC": _l("惡性循環區"),
    "extended_indirect": _l("積極整合格"),
    "pupil_talk": _l("學生連續話語"),
    # columns
    "category": _l("Category"),
    "percent_of_codes": _l("Codes (%)"),
    "pairs": _l("Code pairs"),
    "percent_of_pairs": _l("Pairs (%)"),
    "area": _l("Area"),
    "after_code": _l("After code no."),
    "start_s": _l("Starts at"),
    "end_s": _l("Ends at"),
    "missed_beats": _l("Missed beats"),
    # what was counted
    "basis_matrix": _l("counted on the pairs of the matrix, the added 10s included"),
    "basis_codes": _l("counted on the codes as they were recorded"),
    "basis_time": _l("counted on time"),
}

# figure: (label, what it says)
FIGURES = {
    "n_codes": (_l("Number of codes"), _l("Codes written down.")),
    "n_pairs": (
        _l("Number of pairs"),
        _l("Neighbouring codes, the added 10s included: the total of the matrix."),
    ),
    "TT": (_l("教師話語比率"), _l("How much of all talk and silence was the teacher's talk.")),
    "PT": (_l("學生話語比率"), _l("How much of it was pupils' talk.")),
    "SC": (_l("安靜或混亂比率"), _l("How much of it was silence or confusion.")),
    "ITT": (_l("間接教師話語比率"), _l("Accepting, praising, using ideas and asking.")),
    "DTT": (_l("直接教師話語比率"), _l("Lecturing, directing and criticising.")),
    "ID_quotient": (
        _l("間接/直接影響比（I/D 商數）"),
        _l("Indirect talk against direct talk, times 100; above 100 the indirect outweighs."),
    ),
    "ID_share": (
        _l("間接影響佔教師話語比率（I/D 比例）"),
        _l("Indirect talk within the teacher's talk; not the same as the quotient."),
    ),
    "id_revised": (
        _l("修正間接/直接比（i/d）"),
        _l(
            "Accepting, praising and using ideas against directing and criticising, times 100; no asking, no lecturing."
        ),
    ),
    "TRR": (
        _l("教師回應比率"),
        _l("How far the teacher reacts to pupils by accepting rather than by directing."),
    ),
    "TQR": (_l("教師發問比率"), _l("Asking within asking and lecturing.")),
    "PIR": (_l("學生自發比率"), _l("How much of the pupils' talk they began themselves.")),
    "TRR89": (
        _l("教師即時回應比率"),
        _l("The same as the response ratio, but only at the moment a pupil stops talking."),
    ),
    "TQR89": (
        _l("教師即時發問比率"),
        _l("Asking rather than lecturing at the moment a pupil stops talking."),
    ),
    "CCR": (
        _l("內容十字區比率"),
        _l("Pairs that touch asking or lecturing: how much the lesson turns on content."),
    ),
    "SSR": (_l("穩定狀態區比率"), _l("Pairs that stay in one category: how steady the talk is.")),
    "PSSR": (_l("學生話語穩定狀態比率"), _l("How steady the pupils' talk is: whether they speak at length.")),
    "VC": (_l("惡性循環區比率"), _l("Directing and criticising that follow each other.")),
    "extended_indirect": (
        _l("積極整合格比率"),
        _l("Accepting, praising and using ideas that follow each other."),
    ),
    "defect": (_l("缺陷格比率"), _l("Rows 6 and 7 with columns 6 and 7.")),
    "defect_variant": (
        _l("缺陷格比率（第7至8列）"),
        _l("A variant found in some papers: rows 7 and 8 with columns 6 and 7."),
    ),
    "QA_steady": (_l("問答型：連續發問與連續回應"), _l("Questions that go on and answers that go on.")),
    "QA_turns": (_l("問答型：一問一答"), _l("Question to answer and answer to question.")),
    "creative_inquiry": (
        _l("創造探究型"),
        _l("Using pupils' ideas and pupils' own initiative that lead to each other."),
    ),
    "teacher_after_pupil": (_l("教師接續學生話語"), _l("The teacher speaks right after a pupil.")),
    "pupil_after_teacher": (_l("學生接續教師話語"), _l("A pupil speaks right after the teacher.")),
    "pupil_talk": (_l("學生連續話語"), _l("Pupils speak after pupils.")),
    "silence": (_l("安靜或混亂相關"), _l("Pairs into, out of or within silence or confusion.")),
    "TT_codes": (_l("教師話語比率（依代碼）"), _l("The teacher's talk without the added 10s.")),
    "PT_codes": (_l("學生話語比率（依代碼）"), _l("Pupils' talk without the added 10s.")),
    "SC_codes": (_l("安靜或混亂比率（依代碼）"), _l("Silence or confusion without the added 10s.")),
    "TT_time": (_l("教師話語比率（依時間）"), _l("The teacher's talk by the clock.")),
    "PT_time": (_l("學生話語比率（依時間）"), _l("Pupils' talk by the clock.")),
    "SC_time": (_l("安靜或混亂比率（依時間）"), _l("Silence or confusion by the clock.")),
    "gaps": (
        _l("Number of gaps"),
        _l("Pauses of more than one and a half beats in which nothing was recorded."),
    ),
    "gap_seconds": (_l("Length of the gaps"), _l("Time between the codes before and after the gaps.")),
}

FORMULAS = {
    "CCR": _l("100 × Σ(rows 4,5 and columns 4,5) / N"),
    "silence": _l("100 × Σ(row 10 and column 10) / N"),
    "gaps": _l("t(n+1) - t(n) > 1.5 beats"),
    "gap_seconds": _l("Σ t(n+1) - t(n) over the gaps"),
}

# Abbreviations that are not the code itself; the two forms of I/D must not be taken for each other.
SIGNS = {"ID_quotient": "I/D", "ID_share": "I/(I+D)", "id_revised": "i/d", "TT_codes": "TT", "PT_codes": "PT"}
SIGNS |= {"SC_codes": "SC", "TT_time": "TT", "PT_time": "PT", "SC_time": "SC"}

GROUPS = (
    (_l("Share of talk"), ("TT", "PT", "SC", "ITT", "DTT")),
    (_l("Indirect and direct influence"), ("ID_quotient", "ID_share", "id_revised", "TRR", "TQR", "PIR")),
    (_l("Right after pupils' talk"), ("TRR89", "TQR89")),
    (
        _l("Areas of the matrix"),
        ("CCR", "SSR", "PSSR", "VC", "extended_indirect", "defect", "defect_variant", "pupil_talk",
         "teacher_after_pupil", "pupil_after_teacher", "silence"),
    ),
    (_l("Questions, answers and inquiry"), ("QA_steady", "QA_turns", "creative_inquiry")),
    (
        _l("Without the added 10s"),
        ("TT_codes", "PT_codes", "SC_codes", "TT_time", "PT_time", "SC_time"),
    ),
    (_l("What was recorded"), ("n_codes", "n_pairs", "gaps", "gap_seconds")),
)  # fmt: skip

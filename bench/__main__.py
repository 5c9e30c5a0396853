"""Every benchmark beside its rival: a table on the screen, the figures in bench/results.json.

`python -m bench [name ...]` runs the files of this folder that have a `run()`; each returns rows
{name, ours_ms, rival, rival_ms, ratio, aim, met}, `met` being None for a row without an aim.
"""

import importlib
import json
import pkgutil
import platform
import sys
import warnings
from pathlib import Path

import structlog

FOLDER = Path(__file__).parent
COLUMNS = (
    ("name", 34),
    ("ours_ms", 10),
    ("rival_ms", 10),
    ("ratio", 8),
    ("aim", 8),
    ("met", 6),
    ("rival", 44),
)


def main(wanted: list[str]) -> int:
    """Run them and report; 1 when an aim was missed."""
    warnings.simplefilter("ignore")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    results = {}
    print("".join(title.ljust(width) for title, width in COLUMNS))
    for module in pkgutil.iter_modules([str(FOLDER)]):
        if module.name.startswith("_") or (wanted and module.name not in wanted):
            continue
        run = getattr(importlib.import_module(f"bench.{module.name}"), "run", None)
        if run is None:
            continue
        results[module.name] = rows = run()
        for row in rows:
            met = {True: "yes", False: "NO", None: ""}[row.get("met")]
            shown = {**row, "met": met}
            print("".join(f"{shown.get(title, '')}".ljust(width) for title, width in COLUMNS), flush=True)
    path = FOLDER / "results.json"
    kept = json.loads(path.read_text())["results"] if wanted and path.exists() else {}
    machine = {
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
    }
    path.write_text(
        json.dumps({"machine": machine, "results": kept | results}, ensure_ascii=False, indent=2) + "\n"
    )
    return int(any(row.get("met") is False for rows in results.values() for row in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Mutants of the counting, forecasting and registering code, tried on SQLite.

    python -m tests.mutants --seed 1 --count 400 [--only targets/figures/spans.py]

Exit code 1 where fewer than 95 % are killed. docs/mutants.md explains what is changed and how.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.mutants.drawing import Mutant, draw
from tests.mutants.report import print_report, share_killed
from tests.mutants.trying import MutantSession, Trial

ROOT = Path(__file__).resolve().parents[2]
FILES = (
    "targets/figures/held_days.py",
    "targets/figures/spans.py",
    "targets/figures/counting.py",
    "targets/figures/progress.py",
    "targets/figures/flows.py",
    "targets/outlook/model/cells.py",
    "targets/outlook/model/distribution.py",
    "targets/outlook/model/forecast.py",
    "targets/outlook/model/record.py",
    "targets/outlook/model/rates.py",
    "enterprises/registry/acts/*.py",
    "enterprises/rosters/definition/rules.py",
    "enterprises/reporting/cross_rules.py",
)
TESTS = (
    "tests/targets/figures",
    "tests/targets/outlook",
    "tests/targets/releases",
    "tests/enterprises/registry",
    "tests/enterprises/rosters",
    "tests/enterprises/reporting",
    "tests/enterprises/applications",
    "tests/targets/by_hand",
    "tests/targets/duties",
    "tests/targets/followup",
    "tests/targets/pool",
    "tests/enterprises/eligibility",
    "tests/enterprises/firms",
    "tests/enterprises/loading",
)
LEFT_OUT = "not fault and not browser and not long"
LEAST_KILLED = 0.95


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--only", help="a part of a file's path", default="")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--patience", type=float, default=30.0, help="seconds of tests a mutant")
    parser.add_argument("--tests", nargs="+", default=TESTS, help="other folders of tests")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    paths = sorted(str(path.relative_to(ROOT)) for pattern in FILES for path in ROOT.glob(pattern))
    chosen = [path for path in paths if options.only in path]
    mutants = draw(ROOT, chosen, options.seed, options.count)
    with tempfile.TemporaryDirectory(prefix="mutants-") as home:
        trials = _try(mutants, options, home)
    print_report(trials)
    return 0 if share_killed(trials) >= LEAST_KILLED else 1


def _try(mutants: list[Mutant], options: argparse.Namespace, home: str) -> list[Trial]:
    # The portal's settings read these when pytest imports them.
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ |= {"PORTAL_HOME": home, "PORTAL_THOROUGH": "1"}
    os.chdir(ROOT)
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    session = MutantSession(ROOT, mutants, options.jobs, options.patience, out)
    arguments = [*options.tests, "-q", "-m", LEFT_OUT, "-p", "no:cacheprovider", "--no-summary"]
    code = pytest.main(arguments, plugins=[session])
    if code != pytest.ExitCode.OK:
        sys.exit(f"pytest ended with {code!r}")
    return session.trials


if __name__ == "__main__":
    sys.exit(main())

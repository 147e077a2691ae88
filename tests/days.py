"""Runs the tests of what depends on the day with the clock on days that tell: `make test-days`.

    python -m tests.days [--days N --seed S] [-- pytest arguments]

All of them, or N drawn by the seed, which is printed. SQLite only; every test begins at each of the moments.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile

from tests.services import BASE_DIR

MOMENTS = [
    *(
        f"{day}T{hour}+08:00"
        for day in ("2026-12-31", "2027-09-30")
        for hour in ("00:01", "07:59", "08:01", "23:59")
    ),
    *(
        f"2027-{day}T{hour}+08:00"
        for day in ("01-01", "03-31", "04-01")
        for hour in ("00:01", "07:59", "23:59")
    ),
    *(f"2028-02-29T{hour}+08:00" for hour in ("00:01", "07:59", "08:01", "23:59")),
    *(
        f"2026-{day}T12:00+08:00"
        for day in ("10-01", "10-15", "10-16", "10-31", "11-14", "11-15", "11-30", "12-01")
    ),
    *(
        f"2027-{day}T07:59+08:00"
        for day in ("02-28", "05-31", "06-30", "07-01", "08-31", "10-01", "12-31")
    ),
    *(f"{day}T00:01+08:00" for day in ("2028-01-01", "2028-03-01", "2029-01-01", "2030-12-31")),
]
"""Ends and beginnings of months, quarters, years and of a February; around midnight, and around that of UTC.

None is before October 2026: the tests tell of its third quarter, which must have ended.
"""
TESTS = [
    "tests/api/test_tasks.py",
    "tests/enterprises/applications",
    "tests/enterprises/records/test_pages.py",
    "tests/enterprises/reporting/test_reporting_rules.py",
    "tests/enterprises/reporting/test_roster_board.py",
    "tests/enterprises/reporting/test_roster_pages.py",
    "tests/targets",
]
"""Pages, words, quarters, releases, goals, outlook and bulletin."""
TIMELESS = [
    "test_spans.py",
    "test_flows.py",
    "test_counting.py",
    "test_rates.py",
    "test_rates_edges.py",
    "test_forecast.py",
    "test_forecast_edges.py",
    "test_filters.py",
    "test_conditional.py",
    "test_template_bombs.py",
]
"""They take minutes and ask for given days only, or for none; those of the tags move the clock themselves."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=len(MOMENTS), help="how many")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="draws them")
    parser.add_argument(
        "arguments", nargs="*", help="passed on to pytest instead of the usual files"
    )
    options = parser.parse_args()
    print(f"{options.days} of {len(MOMENTS)} moments, --seed {options.seed}", flush=True)
    moments = sorted(random.Random(options.seed).sample(MOMENTS, options.days))
    return run(moments, options.seed, options.arguments or usual_tests())


def usual_tests() -> list[str]:
    return [*TESTS, "-m", "not long", *(f"--ignore-glob=*/{name}" for name in TIMELESS)]


def run(moments: list[str], seed: int, arguments: list[str]) -> int:
    """pytest's exit code. One run for all moments: most of its time would else go into beginning it."""
    with tempfile.TemporaryDirectory(prefix="portal-days-") as home:
        environment = {
            key: value
            for key, value in os.environ.items()
            if key not in ("DATABASE_URL", "REDIS_URL")
        }
        environment |= {
            "PORTAL_HOME": home,
            "TEST_MOMENTS": ",".join(moments),
            "TEST_SEED": str(seed),
        }
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n",
            "2",
            "-p",
            "tests.moments",
            *arguments,
        ]
        return subprocess.run(command, cwd=BASE_DIR, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

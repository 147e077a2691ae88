"""Runs every scale on SQLite and PostgreSQL, each in a database of its own; prints the ratios."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import reading
from benchmarks.reading import head_lines, table_line
from benchmarks.scales import SCALES
from tests.services import postgres

RATIOS = [
    ("recount 24 quarters ÷ the same scan by hand", "24 quarters", "24 quarters by hand"),
    (
        "recount 24 quarters ÷ one date from the facts by hand",
        "24 quarters",
        "1 date from facts by hand",
    ),
    ("load 3,300 firms through the registry ÷ bare insert", "load 3,300 firms", "load them bare"),
    (
        "load them again, nothing changed ÷ bare insert",
        "load them again, unchanged",
        "load them bare",
    ),
    ("firm list page ÷ empty view", "firm list page", "empty view"),
    ("API page of firms ÷ empty view", "API page", "empty view"),
    ("home ÷ empty view", "home", "empty view"),
    ("unit page ÷ empty view", "unit page", "empty view"),
    ("home of a release ÷ empty view", "home of a release", "empty view"),
    ("API figures ÷ empty view", "API figures", "empty view"),
    ("home, unchanged (304) ÷ empty view", "home, unchanged", "empty view"),
    ("unit page, unchanged (304) ÷ empty view", "unit page, unchanged", "empty view"),
    ("API figures, unchanged (304) ÷ empty view", "API figures, unchanged", "empty view"),
]
GROWN = [
    "24 quarters",
    "load 3,300 firms",
    "firm list page",
    "API page",
    "home",
    "unit page",
    "rebuild spans",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scales", default="S,M,L", help="of " + ", ".join(SCALES))
    parser.add_argument("--databases", default="sqlite,postgres")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", type=Path, help="also write the table to this file")
    options = parser.parse_args()
    results = [
        measure_scale(database, scale, options.rounds)
        for database in options.databases.split(",")
        for scale in options.scales.split(",")
        if (database, scale) != ("sqlite", "L")  # a country is nothing for SQLite
    ]
    text = scales_report(results) + "\n" + reading.reading_report(reading.SIZES, options.rounds)
    text += "\n" + rosters_report([measure_rosters(rows) for rows in reading.SIZES])
    mined = [measure_mining(database, options.rounds) for database in options.databases.split(",")]
    text += "\n" + mining_report(mined)
    print(text)
    if options.write:
        options.write.write_text(text, encoding="utf-8")


def measure_scale(database: str, scale: str, rounds: int) -> dict[str, Any]:
    print(f"measuring {scale} on {database} …", file=sys.stderr, flush=True)
    with _home(database) as environment:
        prepare = [sys.executable, "manage.py", "portal", "--static"]
        subprocess.run(prepare, env=environment, check=True, stdout=subprocess.DEVNULL)
        command = [
            sys.executable,
            "-m",
            "benchmarks.measure",
            "--scale",
            scale,
            "--rounds",
            str(rounds),
        ]
        return _result_of(command, environment)


def measure_mining(database: str, rounds: int) -> dict[str, Any]:
    """Looking through the uncertified firms of a city, in a database of its own."""
    print(f"mining on {database} …", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "benchmarks.mining", "--firms", str(SCALES["M"])]
    with _home(database) as environment:
        return _result_of([*command, "--rounds", str(rounds)], environment)


@contextlib.contextmanager
def _home(database: str) -> Iterator[dict[str, str]]:
    """The environment of a portal with a database of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="portal-bench-") as folder,
        contextlib.ExitStack() as stack,
    ):
        environment = _environment(folder)
        if database == "postgres":
            # The server runs as another user, who must be able to enter the folder.
            Path(folder).chmod(0o755)
            environment["DATABASE_URL"] = stack.enter_context(postgres(Path(folder)))
        yield environment


def measure_rosters(rows: int) -> dict[str, Any]:
    """Checking a roster of so many rows, in a database of its own."""
    print(f"checking a roster of {rows:,} rows …", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        command = [sys.executable, "-m", "benchmarks.rosters", "--rows", str(rows), "--rounds", "1"]
        return _result_of(command, _environment(folder))


def _environment(folder: str) -> dict[str, str]:
    """Of a portal in a folder of its own, with an SQLite database."""
    environment = {**os.environ, "PORTAL_HOME": f"{folder}/home", "LOG_LEVEL": "ERROR"}
    environment["DJANGO_SETTINGS_MODULE"] = "jiangjin_portal.settings"
    environment.pop("DATABASE_URL", None)
    return environment


def _result_of(command: list[str], environment: dict[str, str]) -> dict[str, Any]:
    """The JSON object on the last line of what the command prints; its error ends this run."""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    return json.loads(done.stdout.splitlines()[-1])


def mining_report(results: list[dict[str, Any]]) -> str:
    heads = [f"{result['database']}, {result['firms']:,} firms" for result in results]
    lines = head_lines("candidates", heads)
    ratios = [f"{result['mining'] / result['one scan']:.2f}" for result in results]
    lines.append(table_line("mining ÷ one bare scan of the returns", ratios))
    for name in ("mining", "one scan"):
        lines.append(table_line(name, [f"{result[name] * 1000:,.0f} ms" for result in results]))
    return "\n".join([*lines, ""])


def rosters_report(results: list[dict[str, Any]]) -> str:
    lines = head_lines("a roster, SQLite", [f"{result['rows']:,} rows" for result in results])
    for title, ours, floor in (
        ("read, check, plan ÷ bare calamine read", "check", "bare read"),
        ("read, check, plan ÷ dry run of django-import-export", "check", "import-export"),
    ):
        ratios = [f"{result[ours]['seconds'] / result[floor]['seconds']:.2f}" for result in results]
        lines.append(table_line(title, ratios))
    for name in ("bare read", "check", "import-export"):
        runs = [result[name] for result in results]
        spent = [f"{run['seconds']:.1f} s, {run['megabytes']:,.0f} MB" for run in runs]
        lines.append(table_line(name, spent))
    return "\n".join([*lines, ""])


def scales_report(results: list[dict[str, Any]]) -> str:
    heads = [f"{result['database']} {result['scale']}" for result in results]
    lines = head_lines("ratio of medians", heads)
    for title, ours, floor in RATIOS:
        lines.append(table_line(title, [ratio_cell(result, ours, floor) for result in results]))
    lines += ["", *head_lines("median, milliseconds", heads)]
    for name in results[0]:
        if name not in ("scale", "database", "spans"):
            lines.append(table_line(name, [milliseconds_cell(result, name) for result in results]))
    lines += ["", *head_lines("growth (time, from the scale before)", heads)]
    places = range(len(results))
    for name in GROWN:
        lines.append(table_line(name, [growth_cell(results, place, name) for place in places]))
    firms = table_line("firms", [growth_of_firms(results, place) for place in places])
    return "\n".join([*lines, firms, ""])


def ratio_cell(result: dict[str, Any], ours: str, floor: str) -> str:
    return f"{result[ours] / result[floor]:.2f}" if ours in result else "—"


def milliseconds_cell(result: dict[str, Any], name: str) -> str:
    return f"{result[name] * 1000:,.1f}" if name in result else "—"


def growth_cell(results: list[dict[str, Any]], index: int, name: str) -> str:
    before = results[index - 1] if index else None
    if before is None or before["database"] != results[index]["database"]:
        return "—"
    return f"×{results[index][name] / before[name]:.1f}"


def growth_of_firms(results: list[dict[str, Any]], index: int) -> str:
    before = results[index - 1] if index else None
    if before is None or before["database"] != results[index]["database"]:
        return f"{SCALES[results[index]['scale']]:,}"
    return f"×{SCALES[results[index]['scale']] / SCALES[before['scale']]:.1f}"


if __name__ == "__main__":
    main()

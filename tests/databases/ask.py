"""What the portal at hand tells: its figures by command, its API by address, to the bureau.

    python -m tests.databases.ask < questions.json

The questions are {"commands": [["recompute", "--rebuild"]], "figures": ["2026-09-30 certificate"],
"answers": ["/api/v1/units/", "/api/v1/goals/"], "days": {"/api/v1/goals/": "2026-11-20"}}: commands
to be run first, days with a definition, addresses, and the days on which some of these are asked as
if it were today. Told is what figures and answers say, by question. Only commands and addresses are
used: they stay when modules move.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import django
import time_machine
from django.core.management import call_command

WHO, PASSWORD = "bureau_staff", "frozen-in-a-dump"
"""An account of the demo district, and the password that every account of a dump has."""
FLEETING = frozenset(("computed_at", "next"))
"""Said of the moment of asking, or sealed with the key of the installation."""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiangjin_portal.settings")
    django.setup()
    questions = json.load(sys.stdin)
    for command in questions["commands"]:
        call_command(*command, stdout=io.StringIO())  # one that fails ends this process
    told = {asked: figures(*asked.split()) for asked in questions["figures"]}
    answers = answers_to(questions["answers"], questions.get("days", {}))
    json.dump({"figures": told, "answers": answers}, sys.stdout, ensure_ascii=False)


def figures(day: str, definition: str) -> dict[str, dict[str, Any]]:
    """Of a day: indicator → scope → value."""
    output = io.StringIO()
    call_command("figures", "--as-of", day, "--definition", definition, "--json", stdout=output)
    found: dict[str, dict[str, Any]] = {}
    for figure in json.loads(output.getvalue())["figures"]:
        found.setdefault(figure["indicator"], {})[figure["scope"]] = figure["value"]
    return found


def answers_to(addresses: list[str], days: Mapping[str, str]) -> dict[str, Any]:
    """By address; `days`: of those that are not asked today, the day they are asked on."""
    from django.test import Client  # needs settings

    client = Client(SERVER_NAME="localhost")
    account = {"username": WHO, "password": PASSWORD}
    token = said(client.post("/api/v1/login/", account, content_type="application/json"))["token"]
    signed = {"Authorization": f"Token {token}"}
    answers = {}
    for address in addresses:
        with asking_on(days.get(address)):
            answers[address] = lasting(said(client.get(address, headers=signed)))
    return answers


def asking_on(day: str | None) -> AbstractContextManager[Any]:
    if day is None:
        return nullcontext()
    # Noon in the district: the same day in UTC, too.
    noon = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(4), tzinfo=dt.UTC)
    return time_machine.travel(noon, tick=True)


def said(response: Any) -> Any:
    if response.status_code >= 300:
        address, refusal = response.request["PATH_INFO"], response.content.decode()
        sys.exit(f"{address}: {response.status_code} {refusal}")
    return response.json()


def lasting(answer: Any) -> Any:
    """Without what is another at every time of asking."""
    if isinstance(answer, dict):
        return {name: lasting(value) for name, value in answer.items() if name not in FLEETING}
    if isinstance(answer, list):
        return [lasting(value) for value in answer]
    return answer


if __name__ == "__main__":
    main()

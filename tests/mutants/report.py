"""The table of a run, and every mutant that no test noticed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tests.mutants.trying import Outcome, Trial

KILLED = (Outcome.KILLED, Outcome.TIMED_OUT)
MADE = (*KILLED, Outcome.SURVIVED, Outcome.NOT_RUN)


def share_killed(trials: Sequence[Trial]) -> float:
    made = [trial for trial in trials if trial.outcome in MADE]
    return sum(trial.outcome in KILLED for trial in made) / len(made) if made else 0.0


def print_report(trials: Sequence[Trial]) -> None:
    """In the form of Markdown, so that it can be put into docs/mutants.md."""
    print("\n| module | mutants | killed | survived | time-outs |\n|---|---:|---:|---:|---:|")
    for path in sorted({trial.mutant.path for trial in trials}):
        print(_row(path, [trial for trial in trials if trial.mutant.path == path]))
    print(_row("all", trials))
    print(f"\n{share_killed(trials):.1%} killed\n")
    survivors = [trial for trial in trials if trial.survived]
    for trial in sorted(survivors, key=lambda trial: (trial.mutant.path, trial.mutant.line)):
        mutant = trial.mutant
        asked = f"{trial.outcome}; {trial.asked} of {trial.covering} tests asked"
        print(f"- {mutant.path}:{mutant.line}: `{mutant.before}` → `{mutant.after}` ({asked})")
    not_made = sum(trial.outcome == Outcome.NOT_MADE for trial in trials)
    if not_made:
        print(f"\n{not_made} could not be made")


def _row(name: str, trials: Sequence[Trial]) -> str:
    outcomes = Counter(trial.outcome for trial in trials)
    made = sum(outcomes[outcome] for outcome in MADE)
    killed = sum(outcomes[outcome] for outcome in KILLED)
    return f"| {name} | {made} | {killed} | {made - killed} | {outcomes[Outcome.TIMED_OUT]} |"

"""How a state looks beside its word: a tone and an icon, the same on every page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """Five tones and no more; each is a CSS class of `static/portal.css`.

    BAD asks for a deed or is lost, WATCH may become bad. NONE says nothing yet. MOVE is under way,
    which is no judgement.
    """

    GOOD = "tone-good"
    WATCH = "tone-watch"
    BAD = "tone-bad"
    NONE = "tone-none"
    MOVE = "tone-move"


@dataclass(frozen=True)
class Mark:
    """`icon`: a name in the sprite. `sign`: a character in place of an icon."""

    tone: Tone
    icon: str = ""
    sign: str = ""

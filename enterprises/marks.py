"""How a state looks beside its word: a colour and an icon, the same on every page."""

from __future__ import annotations

from dataclasses import dataclass

GOOD, INFO, SHORT, NEUTRAL = "status-good", "status-info", "status-short", "status-none"
"""The usual tones: CSS classes of static/portal.css and the rooms' own style sheets."""


@dataclass(frozen=True)
class Mark:
    """`tone`: the CSS class behind the word. `icon`: a name in the sprite. `sign`: a character in place of an icon."""

    tone: str
    icon: str = ""
    sign: str = ""

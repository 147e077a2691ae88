"""One look: colours and sizes of type are tokens, states have one of five tones, and all can be read."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from enterprises.marks import Tone
from targets.output import chart_parts

BASE = Path(settings.BASE_DIR)
STATIC = BASE / "static"
PORTAL, WALL = STATIC / "portal.css", STATIC / "targets" / "wall.css"
STYLES = sorted(STATIC.rglob("*.css"))
SCRIPTS = sorted(STATIC.rglob("*.js"))
ROOT = re.compile(r":root \{([^}]*)\}")
DECLARED = re.compile(r"([-\w]+):\s*([^;{}]+);")
NAMED = (
    "aqua black blue brown crimson cyan darkred fuchsia gold gray green grey indigo lime magenta maroon navy"
    " olive orange pink purple red silver tan teal tomato violet white yellow"
)
"""Of the 148 names those that somebody would write."""
LITERAL_COLOUR = re.compile(
    rf"#[0-9a-f]{{3,8}}\b|\b(?:rgb|hsl|hwb|lab|lch)a?\(|(?<![-\w.#])(?:{'|'.join(NAMED.split())})(?![-\w(])",
    re.IGNORECASE,
)
TAKEN_SIZE = re.compile(r"var\(--t-[-\w]+\)|inherit")
GONE = (
    "status-short", "status-behind", "status-good", "status-none", "status-info", "renewal-lost",
    "renewal-urgent", "renewal-filed", "pace-lagging", "pace-overdue", "text-danger-emphasis",
)  # fmt: skip
TEXT, EDGE = 4.5, 3.0
"""Contrast that WCAG 2.2 AA asks of text, and of what marks a control or its focus."""


def styled(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def outside_root(path: Path) -> list[tuple[str, str]]:
    """Property and value of every declaration that sets no token."""
    text = styled(path)
    # The wall is a page of its own, dark and read from ten metres: it has its own tokens.
    return DECLARED.findall(ROOT.sub("", text) if path in (PORTAL, WALL) else text)


def tokens(path: Path) -> dict[str, str]:
    return dict(DECLARED.findall(ROOT.search(styled(path)).group(1)))


def test_colours_stand_among_the_tokens_only():
    found = [
        f"{path.name}: {name}: {value}"
        for path in STYLES
        for name, value in outside_root(path)
        if LITERAL_COLOUR.search(value)
    ]
    assert found == []
    assert not [path.name for path in SCRIPTS if re.search(r"#[0-9a-f]{3,6}\b", path.read_text())]


def test_sizes_of_type_stand_among_the_tokens_only():
    found = [
        f"{path.name}: {name}: {value}"
        for path in STYLES
        for name, value in outside_root(path)
        if (name == "font" and value != "inherit")
        or (name == "font-size" and not TAKEN_SIZE.fullmatch(value))
    ]  # fmt: skip
    assert found == []
    for path in (PORTAL, WALL):
        assert len([name for name in tokens(path) if re.match(r"--t-(?!root)", name)]) == 8


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.stem)
def test_every_token_that_is_taken_exists(path):
    known = tokens(WALL if path == WALL else PORTAL)
    local = [*re.findall(r"(--[-\w]+):", styled(path)), "--tone", "--tone-pale"]
    taken = {name for name in re.findall(r"var\((--[-\w]+)", styled(path))}
    assert taken - set(known) - set(local) == set()


def test_nothing_on_paper_is_smaller_than_8_points():
    paper = ROOT.findall(styled(PORTAL).split("@media print", 1)[1])[0]
    sizes = re.findall(r"--t-[-\w]+: ([\d.]+)pt", paper)
    assert len(sizes) == 8
    assert min(map(float, sizes)) >= 8


def test_charts_have_their_colours_in_one_place():
    literal = re.compile(r"""["'](?:#[0-9a-fA-F]{3,8}|rgba?\([^"']*\))["']""")
    told = {
        str(path.relative_to(BASE))
        for app in ("parks", "enterprises", "targets")
        for path in sorted((BASE / app).rglob("*.py"))
        if literal.search(path.read_text(encoding="utf-8"))
    }
    assert told == {"targets/output/chart_parts.py"}
    known = tokens(PORTAL)
    same = {"INK": "--ink", "SOFT": "--ink-soft", "LINE": "--control", "GRID": "--line"}
    same |= {"PAPER": "--panel", "COUNTED": "--blue", "SUPPOSED": "--supposed", "GAIN": "--good"}
    assert {name: getattr(chart_parts, name) for name in same} == {
        name: known[token] for name, token in same.items()
    }


def test_states_have_one_of_five_tones():
    for path in (PORTAL, WALL):
        classes = set(re.findall(r"\.(tone-\w+) \{", styled(path)))
        assert classes == set(Tone), path.name
    templates = sorted((BASE / "templates").rglob("*.html"))
    texts = {path.name: path.read_text(encoding="utf-8") for path in (*STYLES, *templates)}
    assert {name: old for name, text in texts.items() for old in GONE if old in text} == {}
    pages = "".join(texts[path.name] for path in templates)
    assert set(re.findall(r"\btone-\w+", pages)) <= set(Tone)


def luminance(colour: str) -> float:
    digits = colour.strip("#")
    full = digits if len(digits) == 6 else "".join(2 * one for one in digits)
    parts = [int(full[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_reckoned_as_wcag_does():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(
    ("ink", "grounds", "least"),
    [
        ("ink", "panel ground chosen none-pale blue-pale", TEXT),
        ("ink-soft", "panel ground none-pale blue-pale chosen", TEXT),
        ("ink-quiet", "panel ground", TEXT),
        ("blue", "panel ground chosen blue-pale", TEXT),
        ("blue-deep", "panel blue-pale", TEXT),
        ("panel", "blue blue-deep", TEXT),
        ("supposed", "panel", TEXT),
        ("control", "panel ground", EDGE),
        ("gold", "blue ink", EDGE),
        *[
            (tone, f"panel ground {tone}-pale", TEXT)
            for tone in ["good", "watch", "bad", "none", "move"]
        ],
    ],
)
def test_the_tokens_can_be_told_apart(ink, grounds, least):
    known = tokens(PORTAL)
    for ground in grounds.split():
        assert contrast(known[f"--{ink}"], known[f"--{ground}"]) >= least, ground


def test_the_ring_of_the_focus_is_seen_on_every_ground():
    """Gold within ink: one of the two stands out wherever the focus may be."""
    known = tokens(PORTAL)
    for ground in ("panel", "ground", "blue", "blue-deep", "blue-pale", "chosen", "watch-pale"):
        rings = [contrast(known[ring], known[f"--{ground}"]) for ring in ("--gold", "--ink")]
        assert max(rings) >= EDGE, ground
    assert contrast(known["--gold"], known["--ink"]) >= EDGE
    assert re.search(r":focus-visible[^{]*\{[^}]*var\(--gold\)[^}]*var\(--ink\)", styled(PORTAL))

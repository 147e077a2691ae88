"""Stages the front-end libraries at set-up: npm lockfile → the files the pages use, in `.vendor/`.

The packages hold source maps and a thousand files that Django's manifest storage stumbles over, or
would serve for nothing. So only listed files are copied, without their `sourceMappingURL`.

Runs before Django and its settings exist: standard library only.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

BASE_DIR = Path(__file__).resolve().parent.parent
VENDOR = BASE_DIR / ".vendor"
TEST_ASSETS = BASE_DIR / "var" / "test-assets"
MODULES = BASE_DIR / "node_modules"
NODE = BASE_DIR / ".node"
OLDEST_NPM = 9

FILES = {
    "echarts.min.js": "echarts/dist/echarts.min.js",
    "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "licences/echarts-LICENSE.txt": "echarts/LICENSE",
    "licences/echarts-NOTICE.txt": "echarts/NOTICE",
    "licences/bootstrap-LICENSE.txt": "bootstrap/LICENSE",
    "licences/bootstrap-icons-LICENSE.txt": "bootstrap-icons/LICENSE",
    "licences/popperjs-LICENSE.txt": "@popperjs/core/LICENSE.md",
}
TEST_FILES = {"axe.min.js": "axe-core/axe.min.js", "axe.zh_CN.json": "axe-core/locales/zh_CN.json"}
# fmt: off
ICONS = [
    "arrow-clockwise", "arrow-left", "arrow-left-right", "box-arrow-right", "check-circle",
    "check-lg", "download", "exclamation-triangle", "file-earmark-spreadsheet", "hourglass-split",
    "info-circle", "key", "list", "person-circle", "printer", "question-circle", "search",
    "upload", "x-circle",
]
# fmt: on
SOURCE_MAP = re.compile(rb"\n?(//|/\*)# sourceMappingURL=\S+(\s*\*/)?\s*$")
SVG = "{http://www.w3.org/2000/svg}"


def fingerprint() -> str:
    """Changes whenever the staged files could: lockfile or this script."""
    lockfile, script = BASE_DIR / "package-lock.json", Path(__file__)
    return hashlib.sha256(lockfile.read_bytes() + script.read_bytes()).hexdigest()


def is_staged(folder: Path) -> bool:
    stamp = folder / ".stamp"
    return stamp.exists() and stamp.read_text() == fingerprint()


def stage(*, with_test_assets: bool = False) -> None:
    """Fills `.vendor` (and the tests' folder) unless up to date.

    Neither node_modules nor Node stays behind.
    """
    wanted = {VENDOR: FILES}
    if with_test_assets:
        wanted[TEST_ASSETS] = TEST_FILES
    if all(is_staged(folder) for folder in wanted):
        return
    print("front-end libraries: npm ci", flush=True)
    try:
        command, environment = find_npm()
        dev = [] if with_test_assets else ["--omit=dev"]
        subprocess.run(
            # Scripts of packages are never run: only files are taken from them.
            [*command, "ci", "--ignore-scripts", "--silent", *dev],
            cwd=BASE_DIR,
            env=environment,
            check=True,
        )
        for folder, files in wanted.items():
            replace_folder(folder, files)
    finally:
        shutil.rmtree(MODULES, ignore_errors=True)
        shutil.rmtree(NODE, ignore_errors=True)


def find_npm() -> tuple[list[str], dict[str, str]]:
    """Command and environment to run npm with.

    The system's npm where it is new enough, else Node from PyPI, installed into `.node`.
    """
    if os.environ.get("PORTAL_NODE") != "wheel" and system_npm_version() >= OLDEST_NPM:
        return ["npm"], dict(os.environ)
    # An environment may be made without pip; the interpreter behind it has it.
    has_pip = importlib.util.find_spec("pip")
    python = sys.executable if has_pip else sys._base_executable  # type: ignore[attr-defined]
    # With hashes: what is run here must be what was pinned.
    install = [python, "-m", "pip", "install", "-qq", "--require-hashes", "--target", str(NODE)]
    subprocess.run([*install, "-r", str(BASE_DIR / "requirements-node.txt")], check=True)
    node = next(NODE.glob("*/bin/node"))
    script = next(NODE.glob("*/lib/node_modules/npm/bin/npm-cli.js"))
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    return [str(node), str(script)], {**os.environ, "PATH": path}


def system_npm_version() -> int:
    """Major version of npm on PATH, 0 if there is none that runs."""
    if not (shutil.which("npm") and shutil.which("node")):
        return 0
    command = ["npm", "--version"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return int(answer.split(".")[0]) if answer[:1].isdigit() else 0


def replace_folder(folder: Path, files: dict[str, str]) -> None:
    """Replaces the folder by exactly these files and, among the pages' libraries, the icons.

    The stamp is written last, and the folder takes its place only when it is complete: a set-up
    that is interrupted starts anew.
    """
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for target, source in files.items():
        path = fresh / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(SOURCE_MAP.sub(b"\n", (MODULES / source).read_bytes()))
    if folder == VENDOR:
        (fresh / "icons.svg").write_text(icon_sprite(MODULES / "bootstrap-icons" / "icons"))
    (fresh / ".stamp").write_text(fingerprint())
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def icon_sprite(icons: Path) -> str:
    """One SVG of all icons; a page shows one by <svg><use href="…/icons.svg#NAME"></use></svg>."""
    ElementTree.register_namespace("", SVG.strip("{}"))
    root = ElementTree.Element(f"{SVG}svg")
    for name in ICONS:
        icon = ElementTree.parse(icons / f"{name}.svg").getroot()
        symbol = ElementTree.SubElement(
            root, f"{SVG}symbol", id=name, viewBox=icon.attrib["viewBox"], fill="currentColor"
        )
        symbol.extend(icon)
    return ElementTree.tostring(root, encoding="unicode")


if __name__ == "__main__":
    stage(with_test_assets="--tests" in sys.argv)

"""A virus scanner beside the portal: clamd by its own protocol (INSTREAM), where CLAMD_ADDRESS names one.

Fail closed: where one is set and does not answer, no file is taken.
"""

from __future__ import annotations

import socket
import struct
from pathlib import Path

from django.conf import settings

BLOCK = 1 << 16
SECONDS = 30
LONGEST_ANSWER = 4_096


class ScannerAway(Exception):
    """The scanner that is set does not answer, or cannot take the file."""


def virus_in(path: Path) -> str:
    """The name of what is in the file; "" where nothing is, or no scanner is set."""
    if not settings.CLAMD_ADDRESS:
        return ""
    try:
        answer = _ask(path)
    except OSError as error:
        raise ScannerAway(str(error)) from error
    verdict = answer.partition(":")[2].strip()
    if verdict == "OK":
        return ""
    if verdict.endswith("FOUND"):
        return verdict.removesuffix("FOUND").strip()
    raise ScannerAway(answer)


def _ask(path: Path) -> str:
    with _connected() as scanner:
        scanner.sendall(b"zINSTREAM\0")
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                scanner.sendall(struct.pack(">I", len(block)) + block)
        scanner.sendall(struct.pack(">I", 0))
        return scanner.recv(LONGEST_ANSWER).rstrip(b"\0").decode("utf-8", "replace")


def _connected() -> socket.socket:
    """`CLAMD_ADDRESS`: a path, or host:port."""
    address = settings.CLAMD_ADDRESS
    if address.startswith("/"):
        scanner = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        scanner.settimeout(SECONDS)
        scanner.connect(address)
        return scanner
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=SECONDS)

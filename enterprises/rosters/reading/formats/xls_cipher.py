"""Taking off the cipher of an .xls that opens without a password ([MS-OFFCRYPTO] 2.3.5 to 2.3.7).

Protecting the structure of a workbook makes Excel encrypt the file with a password of its own that
every program knows. A file with any other password stays closed.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable

from enterprises.rosters.reading.formats import biff

WELL_KNOWN = "VelvetSweatshop"
BLOCK = 1024
# Their bodies are never encrypted: BOF, FilePass, UsrExcl, FileLock, InterfaceHdr, RRDInfo, RRDHead.
_OPEN_RECORDS = frozenset((biff.BOF, biff.FILEPASS, 0x0194, 0x0195, 0x00E1, 0x0196, 0x0138))
_OPEN_START = {biff.BOUNDSHEET: 4}
"""Bytes at the beginning that are not encrypted: where a sheet lies in the stream."""
_PADDING = bytes((0xBB, 0xFF, 0xFF, 0xBA, 0xFF, 0xFF, 0xB9, 0x80, 0, 0xBE, 0x0F, 0, 0xBF, 0x0F, 0))
_XOR, _RC4 = 0, 1

BlockKey = Callable[[int], bytes]
"""Number of a block → its RC4 key."""


def deciphered(stream: bytes) -> bytes | None:
    """The stream as if it had never been encrypted; None when its password is not the known one."""
    for kind, at, length in biff.places(stream, 0):
        if kind == biff.FILEPASS:
            return _opened(stream, stream[at : at + length])
    return stream


def _opened(stream: bytes, lock: bytes) -> bytes | None:
    kind = struct.unpack_from("<H", lock)[0]
    # Excel 5 knows but one cipher, so it does not say which.
    is_old = len(lock) == 4
    if is_old or kind == _XOR:
        key, verifier = struct.unpack_from("<HH", lock, 0 if is_old else 2)
        return _without_xor(stream, key) if verifier == xor_verifier(WELL_KNOWN) else None
    if kind != _RC4:
        return None
    block_key = _standard_key(lock) if lock[2:4] == b"\1\0" else _provider_key(lock)
    return _without_rc4(stream, block_key) if block_key else None


# --- RC4 ---
def _standard_key(lock: bytes) -> BlockKey | None:
    salt, verifier, digest = lock[6:22], lock[22:38], lock[38:54]
    password = hashlib.md5(WELL_KNOWN.encode("utf-16-le"), usedforsecurity=False).digest()
    mixed = hashlib.md5((password[:5] + salt) * 16, usedforsecurity=False).digest()[:5]

    def block_key(number: int) -> bytes:
        return hashlib.md5(mixed + struct.pack("<I", number), usedforsecurity=False).digest()

    opened = _xored(verifier + digest, key_stream(block_key(0), 32))
    proven = hashlib.md5(opened[:16], usedforsecurity=False).digest() == opened[16:]
    return block_key if proven else None


def _provider_key(lock: bytes) -> BlockKey | None:
    """For the RC4 of the Windows cryptographic provider."""
    header_size = struct.unpack_from("<I", lock, 10)[0]
    bits = struct.unpack_from("<I", lock, 14 + 16)[0] or 40
    at = 14 + header_size
    salt, verifier, digest = (
        lock[at + 4 : at + 20],
        lock[at + 20 : at + 36],
        lock[at + 40 : at + 60],
    )
    password = WELL_KNOWN.encode("utf-16-le")
    mixed = hashlib.sha1(salt + password, usedforsecurity=False).digest()

    def block_key(number: int) -> bytes:
        whole = hashlib.sha1(mixed + struct.pack("<I", number), usedforsecurity=False).digest()
        # The provider fills a key of 40 bits up with zeros.
        return whole[: bits // 8].ljust(16, b"\0") if bits == 40 else whole[: bits // 8]

    opened = _xored(verifier + digest, key_stream(block_key(0), 36))
    proven = hashlib.sha1(opened[:16], usedforsecurity=False).digest() == opened[16:]
    return block_key if proven else None


def key_stream(key: bytes, length: int) -> bytes:
    """The bytes that RC4 makes of a key."""
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) & 255
        state[i], state[j] = state[j], state[i]
    made, i, j = bytearray(length), 0, 0
    for at in range(length):
        i = (i + 1) & 255
        a = state[i]
        j = (j + a) & 255
        state[i], state[j] = b, _ = state[j], a
        made[at] = state[(a + b) & 255]
    return bytes(made)


def _without_rc4(stream: bytes, block_key: BlockKey) -> bytes:
    opened = bytearray()
    for at in range(0, len(stream), BLOCK):
        block = stream[at : at + BLOCK]
        opened += _xored(block, key_stream(block_key(at // BLOCK), len(block)))
    return _with_open_parts(stream, opened)


def _xored(data: bytes, other: bytes) -> bytes:
    mixed = int.from_bytes(data, "little") ^ int.from_bytes(other, "little")
    return mixed.to_bytes(len(data), "little")


# --- the older cipher, an exclusive or with sixteen bytes ---
def xor_verifier(password: str) -> int:
    verifier = len(password) ^ 0xCE4B
    for place, character in enumerate(password, start=1):
        code = ord(character) << place
        # A rotation within 15 bits.
        verifier ^= (code & 0x7FFF) | (code >> 15)
    return verifier


def xor_key(key: int) -> bytes:
    """The sixteen bytes, from the two that stand in the file."""
    filled = (WELL_KNOWN.encode("ascii") + _PADDING)[:16]
    pair = struct.pack("<H", key)
    mixed = (byte ^ pair[at % 2] for at, byte in enumerate(filled))
    return bytes((byte << 2 | byte >> 6) & 255 for byte in mixed)


def _without_xor(stream: bytes, key: int) -> bytes:
    turned = stream.translate(bytes((byte << 3 | byte >> 5) & 255 for byte in range(256)))
    opened, key_bytes = bytearray(stream), xor_key(key)
    for _, at, length in biff.all_places(stream):
        # The sixteen bytes begin where the place behind the record says.
        shift = (at + length) % 16
        keys = (key_bytes[shift:] + key_bytes * (length // 16 + 1))[:length]
        opened[at : at + length] = _xored(turned[at : at + length], keys[: len(stream) - at])
    return _with_open_parts(stream, opened)


def _with_open_parts(stream: bytes, opened: bytearray) -> bytes:
    """Put back what was never encrypted; the record that asks for a password becomes an idle one."""
    end = 0
    for kind, at, length in biff.all_places(stream):
        opened[at - 4 : at] = stream[at - 4 : at]
        plain = length if kind in _OPEN_RECORDS else _OPEN_START.get(kind, 0)
        opened[at : at + plain] = stream[at : at + plain]
        if kind == biff.FILEPASS:
            opened[at - 4 : at - 2] = struct.pack("<H", biff.IGNORED)
        end = at + length
    opened[end:] = stream[end:]
    return bytes(opened[: len(stream)])

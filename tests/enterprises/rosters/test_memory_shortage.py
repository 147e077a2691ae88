"""Whether an error tells of too little memory, and not of the file."""

import subprocess
import sys
import zipfile
import zlib
from xml.etree import ElementTree

import pytest
from lxml import etree

from enterprises.sandbox.shortage import is_shortage

STARVED = """
import resource, zlib
from enterprises.sandbox.shortage import is_shortage

packed = zlib.compress(bytes(range(256)) * 1000)
# zlib takes the memory for its window only when the first bytes come out.
waiting = [zlib.decompressobj() for _ in range(500)]
with open("/proc/self/statm") as told:
    now = int(told.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now, now))
hoard, size = [], 1 << 20
while size > 8000:
    try:
        hoard.append(bytes(size))
    except MemoryError:
        size //= 2
try:
    for each in waiting:
        each.decompress(packed, 100)
except zlib.error as error:
    print(str(error)[:8], is_shortage(error))
"""


def test_zlib_without_memory_is_recognised():
    told = subprocess.run([sys.executable, "-c", STARVED], capture_output=True, text=True)
    assert told.stdout == "Error -4 True\n", told


def wrapped(error: Exception) -> Exception:
    try:
        try:
            raise error
        except Exception as inner:
            raise ValueError("no workbook") from inner
    except ValueError as outer:
        return outer


@pytest.mark.parametrize(
    "error",
    [MemoryError(), zlib.error("Error -4 while decompressing data")],
    ids=["python", "zlib"],
)
def test_a_shortage_is_seen_in_what_wraps_it(error):
    assert is_shortage(error)
    assert is_shortage(wrapped(error))


def broken_deflate() -> Exception:
    with pytest.raises(zlib.error) as raised:
        zlib.decompress(b"no stream")
    return raised.value


def broken_xml(parse) -> Exception:
    with pytest.raises((ElementTree.ParseError, etree.XMLSyntaxError)) as raised:
        parse("<a><b></a>")
    return raised.value


def test_a_broken_file_is_no_shortage():
    for error in (
        broken_deflate(),
        broken_xml(ElementTree.fromstring),
        broken_xml(etree.fromstring),
        zipfile.BadZipFile("File is not a zip file"),
    ):
        assert not is_shortage(error), error
        assert not is_shortage(wrapped(error)), error

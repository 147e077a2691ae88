"""A shortage of memory, by whatever name a library gives it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import errors

from lxml import etree

ZLIB_OUT_OF_MEMORY = "Error -4 "
"""zlib.h: Z_MEM_ERROR is -4. Python passes it on as an error like that of broken data."""


def is_shortage(error: BaseException) -> bool:
    """Whether the process had too little memory, so that the error says nothing of the file."""
    return any(_names_a_shortage(each) for each in _chain(error))


def _names_a_shortage(error: BaseException) -> bool:
    if isinstance(error, zlib.error):
        return str(error).startswith(ZLIB_OUT_OF_MEMORY)
    if isinstance(error, ParseError):
        return error.code == errors.codes[errors.XML_ERROR_NO_MEMORY]
    if isinstance(error, etree.XMLSyntaxError):
        return bool(error.code == etree.ErrorTypes.ERR_NO_MEMORY)
    return isinstance(error, MemoryError)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those that it arose from: a library may wrap them in errors of its own."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__

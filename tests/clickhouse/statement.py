"""As much of SQL's lexis as is needed to tell a statement from the data that follows it."""

import re
from typing import NamedTuple

from errors import ClickHouseError

_TOKEN = re.compile(
    rb"""(?P<blank>\s+|--[^\n]*|\#![^\n]*|/\*.*?\*/)
        |(?P<quoted>'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*")
        |(?P<word>\w+)
        |(?P<sign>.)""",
    re.S | re.X,
)
# What follows FORMAT and is not yet data: blanks, then at most one end of line.
_BEFORE_DATA = re.compile(rb"[ \t\f]*;?[ \t\f]*\r?\n?")


class Insert(NamedTuple):
    """An INSERT whose rows come as bytes of a format."""

    statement: str
    format: str
    data_at: int
    """Where in the scanned bytes the rows begin."""


def _tokens(text: bytes):
    return (t for t in _TOKEN.finditer(text) if t.lastgroup != "blank")


def insert_with_data(text: bytes) -> Insert | None:
    """Finds `INSERT … FORMAT Name` at the beginning of the text.

    Nothing for other statements, for INSERT … SELECT and for INSERT … VALUES, which the engine reads as
    they are.
    """
    tokens = _tokens(text)
    first = next(tokens, None)
    if first is None or first[0].upper() != b"INSERT":
        return None
    depth = 0
    for token in tokens:
        word = token[0].upper()
        if word in (b"(", b")"):
            depth += 1 if word == b"(" else -1
        elif depth:
            continue
        elif word in (b"SELECT", b"WITH", b"VALUES", b"WATCH", b"INFILE"):
            return None
        elif word == b"FORMAT" and (name := next(tokens, None)) is not None:
            if name[0].upper() == b"VALUES":
                return None
            data_at = _BEFORE_DATA.match(text, name.end()).end()
            return Insert(text[: token.start()].decode(), name[0].decode(), data_at)
    return None


def refuse_many(text: bytes) -> None:
    """Refuses more than one statement, as ClickHouse's HTTP interface does; chdb would run them all."""
    ended = False
    for token in _tokens(text):
        if ended and token[0] != b";":
            raise ClickHouseError(62, "SYNTAX_ERROR", "Syntax error (Multi-statements are not allowed)")
        ended = ended or token[0] == b";"

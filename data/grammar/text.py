"""From pieces to sentences: spaces, commas, capitals, end marks."""

import re
from collections.abc import Iterable

DOUBLE_COMMAS = re.compile(r"(?:\s*,)+")
COMMA_BEFORE_END = re.compile(r",(?=\s*(?:[.?!]|$))")
SPACES = re.compile(r"\s+")


def join(pieces: Iterable[str]) -> str:
    """Join pieces with spaces; commas that meet become one, and stand at the word before them."""
    text = SPACES.sub(" ", " ".join(piece for piece in pieces if piece))
    return DOUBLE_COMMAS.sub(",", text).strip()


def capitalized(text: str) -> str:
    """Begin with a capital letter and leave the rest as it is."""
    start = 1 if text.startswith('"') else 0
    return text[:start] + text[start : start + 1].upper() + text[start + 1 :]


def sentence(pieces: Iterable[str], mark: str) -> str:
    """Return a sentence: joined pieces, a capital, no comma before the end, the end mark."""
    text = COMMA_BEFORE_END.sub("", join(pieces))
    return capitalized(text.removesuffix(".") if mark == "." else text) + mark

"""Reading of the tables: rows of the lexicon, blocks of the frames.

The first room of the grammar: it knows files, lines and comments, nothing of languages. A line that
begins with # is a comment. A fault in a table is our own, so it is an error that names file and line.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent


class Line(NamedTuple):
    """A line of a table and where it stands, for messages."""

    text: str
    place: str


class Block(NamedTuple):
    """A line that is not indented, with the indented lines below it."""

    head: Line
    body: tuple[Line, ...]


def read_table(name: str, num_columns: int) -> list[tuple[str, ...]]:
    """Return the rows of a TSV file, each padded with empty fields to `num_columns`."""
    rows = []
    for line in _lines(name):
        fields = tuple(field.strip() for field in line.text.split("\t"))
        if len(fields) > num_columns:
            raise ValueError(f"{line.place}: found {len(fields)} fields, expected at most {num_columns}")
        rows.append(fields + ("",) * (num_columns - len(fields)))
    return rows


def read_blocks(name: str) -> list[Block]:
    """Return the blocks of a frame file."""
    blocks: list[tuple[Line, list[Line]]] = []
    for line in _lines(name):
        if not line.text.startswith(" "):
            blocks.append((line, []))
        elif blocks:
            blocks[-1][1].append(Line(line.text.strip(), line.place))
        else:
            raise ValueError(f"{line.place}: an indented line has no line above it to belong to")
    return [Block(head, tuple(body)) for head, body in blocks]


def names_in(folder: str, suffix: str) -> list[str]:
    """Return the files of a folder of tables, sorted, as names that the readers take."""
    return sorted(f"{folder}/{path.name}" for path in (FOLDER / folder).glob(f"*{suffix}"))


def _lines(name: str) -> Iterator[Line]:
    """Yield the lines that are neither empty nor comments."""
    for number, text in enumerate((FOLDER / name).read_text(encoding="utf-8").splitlines(), start=1):
        if text.strip() and not text.startswith("#"):
            yield Line(text.rstrip(), f"{name}: line {number}")

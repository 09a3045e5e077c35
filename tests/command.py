"""The command line inside the test's own process, which is a hundred times quicker than a new one."""

import io
import sys
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from seqtrans.cli import main


class Outcome(NamedTuple):
    """What a command has left: its exit status and the text on both streams."""

    status: int
    out: str
    err: str


def command(*arguments: str | Path, stdin: bytes = b"", encoding: str = "utf-8") -> Outcome:
    """Run `seqtrans` with the given input, in a locale of the given encoding.

    An exception that would be a traceback goes through to the test.
    """
    raw = io.BytesIO(), io.BytesIO()
    out, err = (io.TextIOWrapper(stream, encoding, write_through=True) for stream in raw)
    status: int | str | None = 0
    with (
        patch.object(sys, "argv", ["seqtrans", *map(str, arguments)]),
        patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding)),
        patch.object(sys, "stdout", out),
        patch.object(sys, "stderr", err),
    ):
        try:
            main()
        except SystemExit as end:
            status = end.code
    assert status is None or isinstance(status, int)
    return Outcome(status or 0, *(stream.getvalue().decode() for stream in raw))


def refused(outcome: Outcome, *fragments: str, statuses: tuple[int, ...] = (1,)) -> None:
    """Assert that a command has failed with nothing but one line on stderr, which has these parts."""
    assert outcome.status in statuses, outcome
    assert outcome.out == ""
    assert outcome.err.startswith("seqtrans: "), outcome.err
    assert outcome.err.count("\n") == 1, outcome.err
    assert outcome.err.endswith("\n")
    assert len(outcome.err) < 1100
    for fragment in fragments:
        assert fragment in outcome.err, outcome.err

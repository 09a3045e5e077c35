"""Whatever is translated: one line out for each in, in bounded memory; what is no text is refused."""

import os
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from torch import Tensor

from seqtrans import cli, decoding
from seqtrans.cli import MAX_LINE
from seqtrans.decoding import DECODE_PIECES, load
from seqtrans.models.base import Seq2Seq
from tests.command import command, refused
from tests.conftest import make_run

SENTENCE = "Der Hund läuft im Park."
BACKBONES = ["gru", "attention", "transformer"]

INPUTS: dict[str, tuple[str, int]] = {
    "nothing": ("", 0),
    "one sentence": (f"{SENTENCE}\n", 1),
    "no newline at the end": (f"{SENTENCE}\n{SENTENCE}", 2),
    "an empty line": ("\n", 1),
    "empty lines between": (f"\n\n{SENTENCE}\n\n{SENTENCE}\n\n", 6),
    "only spaces": (" \n   \n\t\n", 3),
    "only wide spaces": ("\u00a0\n\u3000\u2003\n", 2),
    "CRLF": (f"{SENTENCE}\r\n\r\n{SENTENCE}\r\n", 3),
    "CR within": (f"{SENTENCE}\r{SENTENCE}\n", 1),
    "line separators within": ("Der\u2028Hund\u2029läuft\u0085im\x0bPark\x0c.\x1c\x1d\x1e\n", 1),
    "a mark before": (f"\ufeff{SENTENCE}\n", 1),
    "only a mark": ("\ufeff", 1),
    "a full stop": (".\n", 1),
    "only punctuation": ("?!... -- ,;: ()[]{} «» „“ …\n" * 3, 3),
    "unknown letters": ("Ω≈ç√ ∫µ þæð ЖЩ\n漢字\nสวัสดี\n", 3),
    "emoji": ("👩‍👩‍👧‍👦 🏳️‍🌈 😀\n", 1),
    "right to left": ("\u200fكيف حالك\u202e؟\n", 1),
    "control characters": ("\x01\x02\x1b[2J\x7f\n", 1),
    "half of a pair": ("\ufffd\uffff\ue000\n", 1),
    "combining accents": ("e" + "\u0301" * 500 + "\n", 1),
    "one long word": ("x" * 5_000 + "\n", 1),
    "5,000 words": ("Der Hund läuft im Park " * 1_000 + "\n", 1),
    "5,000 unknown words": ("Ж漢 " * 5_000 + "\n", 1),
    "2,500 lines, most blank": (f"{SENTENCE}\n\n\n\n\n" * 500, 2_500),
    "tabs": ("Der\tHund\t\n", 1),
    "special pieces": ("<s> </s> <pad> <unk> ▁ ▁▁\n", 1),
}


@pytest.fixture(scope="module", params=BACKBONES)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp(request.param) / "run", request.param)


@pytest.fixture(scope="module")
def transformer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("runs") / "run")


@pytest.mark.parametrize("name", INPUTS)
def test_one_line_comes_out_for_each_that_goes_in(run: Path, name: str) -> None:
    text, count = INPUTS[name]
    outcome = command("translate", "--run", run, stdin=text.encode())
    assert (outcome.status, outcome.err) == (0, "")
    lines = outcome.out.split("\n")
    assert lines.pop() == ""
    assert len(lines) == count
    cleaned = [line.strip("\ufeff \t\r\u00a0\u3000\u2003") for line in text.split("\n")][:count]
    for before, after in zip(cleaned, lines, strict=True):
        assert before or not after, "a blank line stays blank"


@pytest.mark.parametrize("size", [1, 5_000, 60_000])
def test_memory_is_bounded_however_long_the_line(
    transformer: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No batch that is decoded is wider than the model's sentences or larger than the limit."""
    shapes: list[tuple[int, int]] = []

    def noting(model: Seq2Seq[Any], src: Tensor, src_mask: Tensor) -> tuple[list[list[int]], int]:
        shapes.append((src.size(0), src.size(1)))
        return [[] for _ in src], 0

    monkeypatch.setattr(decoding, "greedy", noting)
    translator = load(transformer)
    translator.translate(["Hund " * size, "", "Hund"])
    assert sum(rows for rows, _ in shapes) >= size / translator.config.max_pieces
    for rows, length in shapes:
        assert length <= translator.config.max_pieces + 1
        assert rows * length <= DECODE_PIECES


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x" * 10_000_000, f"line 1: found {MAX_LINE} bytes or more"),
        (b"Hund\n\n" + b"Der Hund " * 1_200_000 + b"\nHund\n", f"line 3: found {MAX_LINE} bytes or more"),
        ("fünf".encode("latin-1"), "line 1: found byte 0xfc, expected UTF-8"),
        (b"Hund\nHu\0nd\n", "line 2: found a NUL byte"),
        ("Hund\n".encode("utf-16"), "the file is UTF-16; convert it"),
        ("Hund\n".encode("utf-16-be"), "line 1: found a NUL byte"),
        (b"\xed\xa0\x80\n", "line 1: found byte 0xed"),
        (b"\n" * 999 + b"\xff\n", "line 1000: found byte 0xff"),
    ],
    ids=lambda value: repr(value[:20]),
)
def test_what_is_no_text_is_refused(transformer: Path, data: bytes, message: str) -> None:
    refused(command("translate", "--run", transformer, stdin=data), f"stdin: {message}")


def test_the_longest_line_is_taken(transformer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "greedy", lambda model, src, src_mask: ([[] for _ in src], 0))
    line = b"x" * (MAX_LINE - 2) + b"\n"
    assert command("translate", "--run", transformer, stdin=line * 2).out == "\n\n"
    refused(command("translate", "--run", transformer, stdin=b"x" + line), "line 1: found")


def test_a_million_blank_lines_are_a_million_blank_lines(transformer: Path) -> None:
    assert command("translate", "--run", transformer, stdin=b"\n" * 1_000_000).out == "\n" * 1_000_000


@pytest.mark.parametrize(
    "text", ["", " ", "Hund\nKatze", "Hund\r\nKatze", "\ufeff", "?", "--", "漢", "x" * 5_000, "\u2028"]
)
def test_each_argument_gives_one_line(transformer: Path, text: str) -> None:
    outcome = command("translate", "--run", transformer, "--", text, "Hund", text)
    assert (outcome.status, outcome.err, outcome.out.count("\n")) == (0, "", 3)


def test_an_argument_that_is_no_text_is_refused(transformer: Path) -> None:
    argument = os.fsdecode("fünf".encode("latin-1"))
    refused(command("translate", "--run", transformer, argument), "TEXT: line 1: found byte 0xfc")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-16"])
def test_text_is_utf_8_whatever_the_locale(transformer: Path, encoding: str) -> None:
    class Echo:
        def translate(self, texts: list[str]) -> list[str]:
            return texts

    with patch("seqtrans.engines.load_with", lambda engine, run, device: Echo()):
        outcome = command("translate", "--run", transformer, stdin="fünf 漢\n".encode(), encoding=encoding)
    assert outcome == (0, "fünf 漢\n", "")


@pytest.mark.parametrize("name", ["stdin", "stdout", "stderr"])
def test_a_closed_stream_reads_as_empty(name: str) -> None:
    with patch.object(sys, name, None):
        cli._open_streams()
        assert getattr(sys, name) is not None
        assert not getattr(sys, name).isatty()
        getattr(sys, name).close()

"""`make bench` goes through all its motions, on a toy corpus and models of a handful of weights."""

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.child import ROOT
from tests.bench.measure import Contender, absent, side_by_side
from tests.bench.training import why_not


def test_the_ratio_is_the_median_of_the_ratios_of_each_round() -> None:
    """The first round only warms up; the ratio of the medians would be 8 to 7."""
    ours, theirs = iter([99, 21, 14, 3, 3, 8]), iter([1, 7, 7, 1, 1, 8])
    contenders = [
        Contender("ours", lambda: next(ours)),
        Contender("theirs", lambda: next(theirs)),
        absent("others", "they are not installed"),
    ]
    table = side_by_side("Speed", "steps/s", "theirs", contenders, 5)
    assert [row[:5] for row in map(dataclasses.astuple, table.rows)] == [
        ("ours", 8, 3, 21, 3),
        ("theirs", 7, 1, 8, 1),
    ]
    lines = str(table).splitlines()
    assert [word.strip() for word in lines[4].split("|")] == ["", "ours", "8", "3 - 21", "3.00", ""]
    assert lines[-1] == "others: skipped, they are not installed"


def test_contenders_take_turns() -> None:
    turns: list[str] = []
    contenders = [
        Contender(name, lambda name=name: float(turns.append(name) or 1))  # type: ignore[misc, func-returns-value]
        for name in "abc"
    ]
    table = side_by_side("Turns", "", "not there", contenders, 2)
    assert "".join(turns) == "abcabcabc"
    assert [row.ratio for row in table.rows] == [None] * 3


def test_the_command_makes_every_measurement(tmp_path: Path, toy_folder: Path) -> None:
    file = tmp_path / "record.json"
    options = ["--quick", "--data", str(toy_folder), "--json", str(file)]
    environment = {name: value for name, value in os.environ.items() if name != "JOEYNMT_PYTHON"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", *options],
        cwd=ROOT, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    record = json.loads(file.read_text())
    assert {"date", "processor", "cores", "python", "torch", "ctranslate2", "seconds"} <= set(record)
    in_each_precision = [
        "Training a Transformer", "Training a GRU with attention", "Matrix products on one core",
        "Share of a Transformer's training step",
    ]  # fmt: skip
    expected = {
        f"{title}, {precision}"
        for title in in_each_precision
        for precision in ["float32", *(["bfloat16"] if record["bfloat16"] else [])]
    } | {
        "What each part of training buys",
        "The same, while another program keeps a core busy",
        "What the settings of the process buy",
        "What each part of translation buys",
        "What numpy buys one by one",
        "Waiting",
        "Greedy translation of 10 sentences in batches",
        "Greedy translation one by one, median of 10 sentences",
    }
    assert {table["title"] for table in record["tables"]} == expected
    for table in record["tables"]:
        assert f"### {table['title']}\n" in done.stdout
        assert table["rows"]
        assert all(row["median"] > 0 for row in table["rows"]), table
    assert (
        "JoeyNMT, its training command: skipped, JOEYNMT_PYTHON does not name a Python that has it"
        in done.stdout
    )


def test_what_joeynmt_lacks_is_said(tmp_path: Path) -> None:
    assert why_not("true") == ""
    assert why_not("") == "JOEYNMT_PYTHON does not name a Python that has it"
    assert why_not("/no/python") == "JOEYNMT_PYTHON: [Errno 2] No such file or directory: '/no/python'"
    assert why_not("false") == "JOEYNMT_PYTHON: false ended with status 1"
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -I "$@"\n')
    python.chmod(0o755)
    assert why_not(str(python)) == "JOEYNMT_PYTHON: ModuleNotFoundError: No module named 'joeynmt'"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--data", "nowhere"], "error: nowhere: no such folder;"),
        (["--run", "nowhere"], "error: nowhere: not a run:"),
        (
            ["--json", "nowhere/record.json"],
            "error: [Errno 2] No such file or directory: 'nowhere/record.json'",
        ),
    ],
)
def test_what_is_not_there_is_said_before_anything_is_measured(options: list[str], said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--quick", *options], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.startswith(said)
    assert "###" not in done.stdout
    assert "Traceback" not in done.stderr

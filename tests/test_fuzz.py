"""Random input by the thousand: readers and commands answer or refuse, and never fail otherwise.

`make test` tries a few of each kind; `make fuzz` as many as SEQTRANS_FUZZ says, and prints what it took.
"""

import json
import os
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seqtrans.checkpoint import load_run, pack_state, unpack_state, unpack_weights
from seqtrans.config import Config
from seqtrans.corpus import read_files, read_tsv, split
from seqtrans.decoding import Translator
from seqtrans.errors import SeqtransError
from seqtrans.storage import RunFolder
from seqtrans.text import clean, read_lines
from seqtrans.tokenizer import Tokenizer
from tests.command import command
from tests.conftest import CPU, make_run, toy_pairs, write_lines

NUM_EXAMPLES = int(os.environ.get("SEQTRANS_FUZZ", "20"))
fuzz = settings(
    max_examples=NUM_EXAMPLES,
    deadline=timedelta(seconds=10),  # more is a hang
    database=None,
    print_blob=True,
    derandomize=NUM_EXAMPLES <= 20,
    suppress_health_check=list(HealthCheck),
)
tried = 0
Result = TypeVar("Result")


@pytest.fixture(autouse=True)
def _count_and_measure(capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Iterator[None]:
    """Print the inputs, the time and the memory of each test of a long session."""
    inputs, started, memory = tried, time.perf_counter(), peak_megabytes()
    yield
    if NUM_EXAMPLES > 20:
        seconds = time.perf_counter() - started
        with capsys.disabled():
            print(
                f"\n{request.node.name}: {tried - inputs} inputs, {seconds:.0f} s, "
                f"peak memory {memory:.0f} -> {peak_megabytes():.0f} MB; {tried} in all"
            )


def peak_megabytes() -> float:
    """Return the most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def count() -> None:
    global tried
    tried += 1


def unless_refused(work: Callable[[], Result], start: str) -> Result | None:
    """Return what the work gives, or None when it is refused in one line that begins so."""
    try:
        return work()
    except SeqtransError as error:
        message = str(error)
    assert message.startswith(start)
    assert "\n" not in message
    return None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@pytest.fixture(scope="module")
def run(folder: Path) -> Path:
    return make_run(folder / "run")


PIECES = [b"\n", b"\r", b"\r\n", b"\t", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b" ", b"",
          "\u2028".encode(), "\u0085".encode(), b"\x0b", b"\x1c", "ä".encode(), "a\u0301".encode(),
          "漢".encode(), "🙂".encode(), b"\xed\xa0\x80", b"Der Hund", b"x" * 3000]  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=9)), max_size=40).map(b"".join)
plain = st.text(st.characters(exclude_characters="\n\0", exclude_categories=["Cs"]), max_size=9)
separators = st.sampled_from("\r \t \x0b \x0c \x1c \x1d \x1e \u0085 \u2028 \u2029 \ufeff".split(" "))
lines = st.lists(st.one_of(separators, plain), max_size=5).map("".join)


@fuzz
@given(data=texts)
def test_any_bytes_are_lines_or_refused(folder: Path, data: bytes) -> None:
    count()
    path = folder / "any"
    path.write_bytes(data)
    found = unless_refused(lambda: read_lines(path), f"{path}: ")
    if found is not None:
        assert len(found) == data.removesuffix(b"\n").count(b"\n") + 1
        assert all(line == clean(line) for line in found)


@fuzz
@given(src=texts, tgt=texts, tsv=st.booleans())
def test_any_two_files_are_pairs_or_refused(folder: Path, src: bytes, tgt: bytes, tsv: bool) -> None:
    count()
    paths = [folder / "src", folder / "tgt"]
    for path, data in zip(paths, (src, tgt), strict=True):
        path.write_bytes(data)
    pairs = unless_refused(lambda: read_tsv(paths[0]) if tsv else read_files(*paths), str(folder))
    corpus = unless_refused(lambda: split(pairs or [], pairs, pairs, seed=1), "")
    if corpus is not None:
        assert all(pair.src and pair.tgt for pair in corpus.train)


@fuzz
@given(src=st.lists(lines, min_size=1, max_size=30))
def test_any_text_keeps_its_alignment(folder: Path, src: list[str]) -> None:
    count()
    numbered = [f"{number} {line}" for number, line in enumerate(src)]
    pairs = read_files(
        write_lines(folder / "s", numbered), write_lines(folder / "t", list(map(str, range(len(src)))))
    )
    assert [pair.src.split()[0] for pair in pairs] == [pair.tgt for pair in pairs]


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
names = st.one_of(st.sampled_from(list(Config.__dataclass_fields__)), st.text(max_size=9))


@fuzz
@given(values=st.dictionaries(names, json_values, max_size=5))
def test_any_settings_are_a_config_or_refused(values: dict[str, Any]) -> None:
    count()
    config = unless_refused(lambda: Config.from_json(json.dumps(values), "x.json"), "x.json: ")
    if config is not None:
        assert Config.from_json(config.to_json(), "y.json") == config
        config.to_json().encode()


@fuzz
@given(text=st.one_of(st.text(max_size=60), texts.map(lambda data: data.decode("utf-8", "replace"))))
def test_any_text_is_a_config_or_refused(text: str) -> None:
    count()
    unless_refused(lambda: Config.from_json(text, "x.json"), "x.json: ")


RUN_FILES = ["config.json", "tokenizer.model", "model.safetensors", "manifest.json"]
changes = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 8), st.binary(max_size=8)),
    min_size=1,
    max_size=5,
)


def changed(data: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    """Return the data with some stretches replaced."""
    for where, length, new in edits:
        start = int(where * len(data))
        data = data[:start] + new + data[start + length :]
    return data


@fuzz
@given(name=st.sampled_from(RUN_FILES), edits=changes, consistent=st.booleans())
def test_any_change_of_a_run_is_refused_or_harmless(
    folder: Path, run: Path, name: str, edits: list[tuple[float, int, bytes]], consistent: bool
) -> None:
    count()
    spoilt = Path(shutil.copytree(run, folder / "spoilt", dirs_exist_ok=True))
    data = changed((run / name).read_bytes(), edits)
    if consistent and name != "manifest.json":
        RunFolder(spoilt).write({name: data})
    else:
        (spoilt / name).write_bytes(data)
    loaded = unless_refused(lambda: load_run(spoilt, CPU), str(spoilt))
    if loaded is not None:
        assert len(Translator(loaded).translate(["Der Hund läuft.", "", "?"])) == 3


@fuzz
@given(edits=changes)
def test_any_change_of_a_tokenizer_is_refused_or_harmless(
    run: Path, edits: list[tuple[float, int, bytes]]
) -> None:
    count()
    data = changed((run / "tokenizer.model").read_bytes(), edits)
    tokenizer = unless_refused(lambda: Tokenizer(data, "here"), "here: not a SentencePiece model")
    if tokenizer is None:
        return
    ids = tokenizer.encode(["Der Hund läuft im Park.", "", "漢", "x" * 500])
    decoded = tokenizer.decode([*ids, list(range(tokenizer.vocab_size))])
    assert len(decoded) == 5
    assert not any("\n" in text for text in decoded)


STATE = pack_state(
    {
        "position": {"step": 1, "seconds": 1.5},
        "data_hash": "0",
        "model": {"weight": torch.ones(3, 5)},
        "optimizer": {
            "weight": {"step": torch.ones(()), "exp_avg": torch.ones(3, 5), "exp_avg_sq": torch.ones(3, 5)}
        },
    }
)


@fuzz
@given(edits=changes)
def test_any_change_of_a_state_is_refused_or_harmless(edits: list[tuple[float, int, bytes]]) -> None:
    count()
    assert unpack_state(STATE, "here")["data_hash"] == "0"
    data = changed(STATE, edits)
    unless_refused(lambda: unpack_state(data, "here"), "here: not the state of a training")


@fuzz
@given(edits=changes, data=st.binary(max_size=200), whole=st.booleans())
def test_any_change_of_weights_is_refused_or_harmless(
    run: Path, edits: list[tuple[float, int, bytes]], data: bytes, whole: bool
) -> None:
    count()
    file = (run / "model.safetensors").read_bytes()[:3000] if whole else data
    unless_refused(lambda: unpack_weights(changed(file, edits), "here"), "here: not a safetensors file")


@fuzz
@given(data=texts)
def test_any_input_is_translated_line_by_line_or_refused(run: Path, data: bytes) -> None:
    count()
    outcome = command("translate", "--run", run, stdin=data)
    if outcome.status:
        assert (outcome.status, outcome.out, outcome.err.count("\n")) == (1, "", 1)
    else:
        assert outcome.out.count("\n") == data.removesuffix(b"\n").count(b"\n") + bool(data)


FLAGS = [f"--{name.replace('_', '-')}" for name in Config.__dataclass_fields__]
VALUES = ["", "0", "1", "-1", "3", "0.5", "1e9", "nan", "inf", "gru", "lstm", "de", "x", "../x", "good.de",
          "good.en", "bad", "data", ".", "/dev/zero", "/dev/null", "run", "\udcff", "a\nb",
          "x" * 300]  # fmt: skip
words = st.one_of(
    st.sampled_from(["train", "translate", "evaluate", "fetch", "multi30k", "--help", "--quiet", "--resume",
                     "--run", "--out", "--config", "--src", "--ref", "--json", "--from", "--to", "--",
                     *FLAGS]),
    st.sampled_from(VALUES),
    st.text(st.characters(exclude_characters="\0/", exclude_categories=["Cs"]), max_size=5),
)  # fmt: skip
commands = st.tuples(
    st.sampled_from(["train", "translate", "evaluate", "fetch", "other"]), st.lists(words, max_size=8)
).map(lambda parts: [parts[0], *parts[1]])


class ReachedError(SeqtransError):
    """All options were good: here the work would begin."""


@fuzz
@given(arguments=commands, stdin=texts)
def test_any_command_line_is_answered_or_refused(
    folder: Path, run: Path, arguments: list[str], stdin: bytes
) -> None:
    count()
    here = folder / "here"
    shutil.rmtree(here, ignore_errors=True)
    here.mkdir()
    for name, side in (("good.de", 0), ("good.en", 1)):
        write_lines(here / name, [pair[side] for pair in toy_pairs()])
    (here / "data").mkdir()
    for name in ("train.de", "train.en"):
        shutil.copy(here / f"good{name[-3:]}", here / "data" / name)
    (here / "bad").write_bytes(b"\xff\0")
    (here / "run").symlink_to(run)
    before = Path.cwd()
    try:
        os.chdir(here)
        with (
            patch("seqtrans.training.TrainingLoop", side_effect=ReachedError("reached")),
            patch("seqtrans.corpus.shipped_folder", return_value=here / "data"),
            patch("seqtrans.fetch.download", side_effect=ReachedError("reached")),
        ):
            outcome = command(*arguments, stdin=stdin)
    finally:
        os.chdir(before)
    assert outcome.status in (0, 1, 2)
    assert "Traceback" not in outcome.err
    if outcome.status == 1:
        assert outcome.err.splitlines()[-1].startswith("seqtrans: ")

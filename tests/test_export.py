"""The exported model against the model itself, and what is refused."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from seqtrans import export as exporting
from seqtrans.checkpoint import load_run
from seqtrans.decoding import Translator, length_limit, load
from seqtrans.engines import convert, converted, load_with
from seqtrans.errors import SeqtransError
from seqtrans.export import Exported, compare, export
from seqtrans.storage import RunFolder
from seqtrans.tokenizer import EOS_ID, Tokenizer
from tests.command import command, refused
from tests.conftest import CPU, make_run, toy_pairs

ctranslate2 = pytest.importorskip("ctranslate2")

TEXTS = [de for de, _ in toy_pairs()[:40]]
TRANSFORMERS = ["transformer", "transformer post", "transformer untied"]


def run_with_test(path: Path, kind: str = "transformer") -> Path:
    """Write a run with a tiny untrained model and a test set."""
    make_run(path, kind)
    RunFolder(path).write({"test.de": "".join(f"{text}\n" for text in TEXTS).encode()})
    return path


def test_ctranslate2_translates_every_text_as_the_model_itself(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", "transformer untied", max_pieces=9, num_encoder_layers=3)
    own, other = load(run), load_with("ctranslate2", run)
    texts = [*TEXTS, "", " \t", "☃ unknown ☃", " ".join(TEXTS[:5])]
    expected = own.translate_counting(texts)
    assert other.translate_counting(texts) == expected
    assert len(set(expected.texts)) > 15
    assert expected.texts[40:42] == ["", ""]
    assert type(load_with("seqtrans", run)) is Translator


@pytest.mark.parametrize("kind", TRANSFORMERS)
def test_sentences_end_where_the_model_ends_them(kind: str, tmp_path: Path) -> None:
    """Some at once, some later, some only at the limit, which is another for each sentence."""
    loaded = load_run(make_run(tmp_path / "run", kind, max_pieces=9), CPU)
    lines = [[5 + i, *range(7, 7 + i % 9)] for i in range(40)]
    limits = [length_limit(len(line) + 1) for line in lines]
    seen: set[str] = set()
    for bias in (1.0, 2.0, 3.0, 4.0):
        with torch.no_grad():
            loaded.model.output.bias[EOS_ID] = bias
        expected = Translator(loaded).decode_pieces(lines)
        assert converted(loaded).decode_pieces(lines) == expected
        seen |= {
            "cut" if len(ids) == limit else "ended" if ids else "empty"
            for ids, limit in zip(expected[0], limits, strict=True)
        }
    assert seen == {"cut", "ended", "empty"}


def test_a_sentence_that_ends_at_its_limit_is_not_cut(tmp_path: Path) -> None:
    """A source of three pieces and EOS has a limit of 16."""
    translator = converted(load_run(make_run(tmp_path / "run"), CPU))

    class Ending:
        def translate_batch(self, source: Any, **options: Any) -> Any:
            return [SimpleNamespace(hypotheses=[["e"] * length]) for length in (15, 16, 17)]

    translator.engine, translator.ids = Ending(), {"e": 5}
    outputs, num_truncated = translator.decode_pieces([[7, 8, 9]] * 3)
    assert [len(ids) for ids in outputs] == [15, 16, 16]
    assert num_truncated == 1


@pytest.mark.parametrize("kind", TRANSFORMERS)
def test_the_exported_folder_can_be_used_alone(kind: str, tmp_path: Path) -> None:
    run, out = run_with_test(tmp_path / "run", kind), tmp_path / "new" / "out"
    assert export(run, out) == Exported(len(TEXTS), 0)
    tokenizer = Tokenizer((out / "tokenizer.model").read_bytes())
    lines = tokenizer.encode(TEXTS)
    pieces = [tokenizer.pieces(ids) for ids in lines]
    results = ctranslate2.Translator(str(out)).translate_batch(pieces, beam_size=1, max_decoding_length=10)
    for result, ids in zip(results, load(run).decode_pieces(lines)[0], strict=True):
        assert result.hypotheses[0] == tokenizer.pieces(ids)[:10]
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_a_wrong_conversion_is_noticed_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, out = run_with_test(tmp_path / "run"), tmp_path / "out"

    def convert_wrongly(run: Any, folder: Path) -> None:
        with torch.no_grad():
            run.model.decoder[0].feed_forward.inner.weight *= 2.0
            convert(run, folder)
            run.model.decoder[0].feed_forward.inner.weight /= 2.0

    monkeypatch.setattr(exporting, "convert", convert_wrongly)
    with pytest.raises(SeqtransError, match=r"test sentence \d+: ctranslate2 translates it differently"):
        export(run, out)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_sentences_may_differ_from_a_tie_on(tmp_path: Path) -> None:
    """Two pieces with the same weights are equally likely; which comes first is free, and no other is."""
    loaded = load_run(make_run(tmp_path / "run"), CPU)
    model: Any = loaded.model
    lines = loaded.tokenizer.encode(TEXTS)
    first = [ids[0] for ids in Translator(loaded).decode_pieces(lines)[0]]
    often = max(set(first), key=first.count)
    twin = next(i for i in range(5, 70) if i not in first)
    with torch.no_grad():
        model.output.weight[twin] = model.output.weight[often]
        model.output.bias[twin] = model.output.bias[often]

    class Swapping(Translator):
        def decode_pieces(self, lines: list[list[int]]) -> tuple[list[list[int]], int]:
            swap = {often: twin, twin: often}
            outputs, num_truncated = super().decode_pieces(lines)
            return [[swap.get(i, i) for i in ids] for ids in outputs], num_truncated

    result = compare(loaded, Swapping(loaded), TEXTS)
    assert result.num_checked == len(TEXTS)
    assert result.num_ties >= first.count(often)
    with torch.no_grad():
        model.output.bias[often] += 2 * exporting.TIE
    with pytest.raises(SeqtransError, match=r"by 0\.002 nats, more than 0\.001"):
        compare(loaded, Swapping(loaded), TEXTS)


def test_what_cannot_be_exported_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, out = run_with_test(tmp_path / "run"), tmp_path / "out"
    recurrent = run_with_test(tmp_path / "gru", "gru lstm")
    for attempt in (lambda: export(recurrent, out), lambda: load_with("ctranslate2", recurrent)):
        with pytest.raises(SeqtransError, match="Transformers only, not the backbone gru"):
            attempt()
    assert not out.exists()
    with pytest.raises(SeqtransError, match="run exists; name another folder with --out"):
        export(run, run)
    with pytest.raises(SeqtransError, match="not a run"):
        export(tmp_path, out)
    (tmp_path / "file").touch()
    with pytest.raises(SeqtransError, match=r"file/out: cannot be written"):
        export(run, tmp_path / "file" / "out")
    monkeypatch.setitem(sys.modules, "ctranslate2", None)
    for attempt in (lambda: export(run, out), lambda: load_with("ctranslate2", run)):
        with pytest.raises(SeqtransError, match=r'pip install "seqtrans\[export\]"'):
            attempt()
    assert not out.exists()


def test_the_commands_export_and_translate(tmp_path: Path) -> None:
    run, out = run_with_test(tmp_path / "run"), tmp_path / "out"
    done = command("export", "--run", run, "--format", "ctranslate2", "--out", out)
    assert done.status == 0, done.err
    assert "checked    40 test sentences, 0 of which differ" in done.out
    assert (out / "model.bin").exists()
    lines = "\n".join(["", *TEXTS[:3], ""]).encode()
    expected = command("translate", "--run", run, stdin=lines)
    assert command("translate", "--run", run, "--engine", "ctranslate2", stdin=lines) == expected
    assert expected.out.count("\n") == 4
    refused(command("export", "--run", run, "--out", out), f"{out} exists")


def test_the_engine_that_was_asked_for_translates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_with_test(tmp_path / "run")
    monkeypatch.setitem(sys.modules, "ctranslate2", None)
    refused(
        command("translate", "--run", run, "--engine", "ctranslate2", "Hallo"), "ctranslate2 is not installed"
    )
    assert command("translate", "--run", run, "Hallo").status == 0

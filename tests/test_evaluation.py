"""Loss of the references, by hand."""

from pathlib import Path

import pytest
import torch

from seqtrans import evaluation
from seqtrans.batches import IdPair, collate
from seqtrans.corpus import Pair
from seqtrans.decoding import load
from seqtrans.evaluation import evaluate, length_group, perplexity, reference_loss, score_by_length
from tests.conftest import CPU, make_run, toy_pairs

PAIRS = [Pair(*pair) for pair in toy_pairs()[:20]]


def test_loss_is_the_mean_over_pieces_however_they_are_batched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    translator = load(make_run(tmp_path / "run", precision="float32"))
    nats, pieces = 0.0, 0
    for pair in PAIRS:
        src, tgt = translator.tokenizer.encode(pair)
        batch = collate([IdPair(src, tgt)], CPU)
        with torch.no_grad():
            log_p = translator.model(batch.src, batch.src_mask, batch.tgt_in).log_softmax(dim=-1)
        nats -= sum(log_p[0, t, piece].item() for t, piece in enumerate([*tgt, 3]))
        pieces += len(tgt) + 1
    assert reference_loss(translator, PAIRS) == pytest.approx(nats / pieces, rel=1e-5)
    monkeypatch.setattr(evaluation, "EVALUATION_PIECES", 30)
    assert reference_loss(translator, PAIRS) == pytest.approx(nats / pieces, rel=1e-5)


def test_the_loss_by_products_in_bfloat16_is_nearly_as_precise(tmp_path: Path) -> None:
    runs = [make_run(tmp_path / name, precision=name) for name in ("float32", "bfloat16")]
    precise, quick = (reference_loss(load(run), PAIRS) for run in runs)
    assert quick == pytest.approx(precise, rel=1e-2)
    assert quick != precise


def test_the_hypotheses_are_the_translations_in_order(tmp_path: Path) -> None:
    translator = load(make_run(tmp_path / "run"))
    result = evaluate(translator, PAIRS)
    assert result.hypotheses == translator.translate([pair.src for pair in PAIRS])
    assert result.perplexity == pytest.approx(2.718281828**result.loss)


def test_each_length_is_scored_apart() -> None:
    pairs = [Pair("eins", "one"), Pair("eins zwei drei vier fünf sechs", "one two three four five six")]
    groups = score_by_length(pairs, ["one", "six five four three two one"])
    assert {name: group.num_sentences for name, group in groups.items()} == {" 1-5": 1, " 6-10": 1}
    assert groups[" 1-5"].chrf == 100 > groups[" 6-10"].chrf


@pytest.mark.parametrize(
    ("words", "group"), [(1, " 1-5"), (5, " 1-5"), (6, " 6-10"), (30, "21-30"), (31, "31+")]
)
def test_sentences_are_grouped_by_their_words(words: int, group: str) -> None:
    assert length_group("Wort " * words) == group


def test_a_huge_loss_has_an_infinite_perplexity() -> None:
    assert perplexity(1e4) == float("inf")

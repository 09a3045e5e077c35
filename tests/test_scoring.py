"""Scores against hand calculation; the sacrebleu command is held against whole runs in test_training."""

import math

import pytest

from seqtrans.scoring import score, score_groups


def test_bleu_by_hand() -> None:
    scores = score(["the cat sat on the mat today"], ["the cat sat on a mat today"])
    assert scores.precisions == pytest.approx([100 * 6 / 7, 100 * 4 / 6, 100 * 2 / 5, 100 * 1 / 4])
    assert scores.bleu == pytest.approx(100 * math.exp(sum(map(math.log, (6 / 7, 4 / 6, 2 / 5, 1 / 4))) / 4))
    assert scores.brevity_penalty == 1.0


def test_a_short_output_pays_the_brevity_penalty() -> None:
    scores = score(["a b c d e f"], ["a b c d e f g h i"])
    assert scores.brevity_penalty == pytest.approx(math.exp(1 - 9 / 6))
    assert scores.length_ratio == pytest.approx(6 / 9)
    assert scores.bleu == pytest.approx(100 * math.exp(1 - 9 / 6))


def test_a_perfect_output_has_full_marks_and_signatures_say_what_was_measured() -> None:
    scores = score(["Der Hund schläft im Haus."], ["Der Hund schläft im Haus."])
    assert (round(scores.bleu, 6), round(scores.chrf, 6)) == (100, 100)
    assert "case:mixed" in scores.bleu_signature
    assert "tok:13a" in scores.bleu_signature
    assert "nc:6" in scores.chrf_signature


def test_groups_are_scored_apart() -> None:
    hypotheses, references = ["a b c d e", "x", "a b c d f"], ["a b c d e", "a b c d e", "a b c d e"]
    groups = score_groups(["new", "old", "new"], hypotheses, references)
    assert list(groups) == ["new", "old"]
    assert [groups[label].num_sentences for label in groups] == [2, 1]
    assert groups["new"].bleu == pytest.approx(score(hypotheses[::2], references[::2]).bleu)
    assert groups["old"].bleu == 0
    assert groups["new"].chrf == pytest.approx(score(hypotheses[::2], references[::2]).chrf)

"""Measure a model on pairs: the loss of the references, and the score of its own translations."""

import math
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import torch

from seqtrans.batches import IdPair, collate, plan_batches
from seqtrans.corpus import Pair
from seqtrans.decoding import Translator
from seqtrans.devices import choose_precision, products_in
from seqtrans.loss import Loss, batch_loss
from seqtrans.scoring import GroupScore, Scores, score, score_groups
from seqtrans.sidebyside import num_workers_for, run_side_by_side

EVALUATION_PIECES = 4096
LENGTH_GROUPS = (5, 10, 15, 20, 30)
"""The most words that a source sentence of each group has; longer ones are the last group."""


class Evaluation(NamedTuple):
    """Teacher-forced loss, free-running score, and the translations themselves."""

    loss: float
    """Nats per target piece of the references."""
    scores: Scores
    hypotheses: list[str]
    num_truncated: int

    @property
    def perplexity(self) -> float:
        return perplexity(self.loss)


def perplexity(loss: float) -> float:
    """Return exp(loss), infinite where that is too large for a float."""
    return math.exp(loss) if loss < 700 else math.inf


def evaluate(translator: Translator, pairs: Sequence[Pair]) -> Evaluation:
    """Translate every source sentence and compare with its reference."""
    translation = translator.translate_counting([pair.src for pair in pairs])
    references = [pair.tgt for pair in pairs]
    return Evaluation(
        reference_loss(translator, pairs),
        score(translation.texts, references),
        translation.texts,
        translation.num_truncated,
    )


def score_by_length(pairs: Sequence[Pair], hypotheses: Sequence[str]) -> dict[str, GroupScore]:
    """Score translations by the number of words in the source sentence, as " 6-10"."""
    return score_groups([length_group(pair.src) for pair in pairs], hypotheses, [pair.tgt for pair in pairs])


def length_group(text: str) -> str:
    """Return the name of the group that a sentence of so many words belongs to."""
    words, first = len(text.split()), 1
    for last in LENGTH_GROUPS:
        if words <= last:
            return f"{first:2}-{last}"
        first = last + 1
    return f"{first:2}+"


def reference_loss(translator: Translator, pairs: Sequence[Pair]) -> float:
    """Return the cross-entropy of the references in nats per piece, without label smoothing.

    Products are in training's format: bfloat16 takes about half the time and is 1e-4 nats off.
    """
    src, tgt = (translator.tokenizer.encode(side) for side in zip(*pairs, strict=True))
    ids = [IdPair(*sides) for sides in zip(src, tgt, strict=True)]
    plan = plan_batches(ids, EVALUATION_PIECES, seed="evaluation")
    tasks = [partial(_loss_without_gradient, translator, [ids[i] for i in members]) for members in plan]
    losses = run_side_by_side(tasks, num_workers_for(translator.device))
    return sum(loss.nats.item() for loss in losses) / sum(loss.num_pieces for loss in losses)


@torch.inference_mode()
def _loss_without_gradient(translator: Translator, pairs: Sequence[IdPair]) -> Loss:
    device = translator.device
    with products_in(choose_precision(translator.config.precision, device), device):
        return batch_loss(translator.model, collate(pairs, device))

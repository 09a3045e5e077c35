"""BLEU and chrF by sacreBLEU, with the signatures that let others compare.

BLEU runs from 0 to 100: the geometric mean of the 1- to 4-gram precisions, times a penalty when the output is
shorter than the references (Papineni et al. 2002). chrF is an F-score of character n-grams (Popovic 2015).
Both are taken on plain, cased, detokenized text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF


class Scores(NamedTuple):
    """BLEU with its parts, chrF, and what was measured how."""

    bleu: float
    chrf: float
    bleu_signature: str
    chrf_signature: str
    precisions: list[float]
    """Percentage of 1-, 2-, 3- and 4-grams of the output that stand in the reference."""
    brevity_penalty: float
    length_ratio: float
    """Words in the output for each word in the references."""


@dataclass(frozen=True)
class GroupScore:
    """The score of some of a test set's sentences."""

    num_sentences: int
    bleu: float
    chrf: float


def score(hypotheses: Sequence[str], references: Sequence[str]) -> Scores:
    """Score a corpus of translations against one reference each."""
    bleu, chrf = BLEU(), CHRF()
    bleu_score = bleu.corpus_score(list(hypotheses), [list(references)])
    chrf_score = chrf.corpus_score(list(hypotheses), [list(references)])
    return Scores(
        bleu_score.score,
        chrf_score.score,
        str(bleu.get_signature()),
        str(chrf.get_signature()),
        list(bleu_score.precisions),
        bleu_score.bp,
        bleu_score.ratio,
    )


def score_groups(
    labels: Sequence[str], hypotheses: Sequence[str], references: Sequence[str]
) -> dict[str, GroupScore]:
    """Score the sentences of each label apart, labels in sorted order."""
    groups = {}
    for label in sorted(set(labels)):
        members = [i for i, other in enumerate(labels) if other == label]
        scores = score([hypotheses[i] for i in members], [references[i] for i in members])
        groups[label] = GroupScore(len(members), scores.bleu, scores.chrf)
    return groups

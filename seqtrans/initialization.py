"""Start the embeddings from the corpus: pieces that translate each other begin as neighbors.

A model with random embeddings spends its first minute on finding out which source piece goes with which
target piece. Counting tells as much in two seconds: the positive pointwise mutual information of pieces
that share a sentence pair, factored by a truncated singular value decomposition (Levy and Goldberg 2014
show that word2vec's vectors are such factors). Both factors of a piece, as source and as target, make
its vector.
"""

import random
from collections.abc import Sequence

import torch
from torch import Tensor

from seqtrans.batches import IdPair

MAX_PAIRS = 50_000
"""More pairs are not counted; the vectors are only a start."""
PAIRS_AT_ONCE = 1000
"""Pairs that are counted together: bounds the memory."""
MIN_COUNT = 2
"""Pieces that met only once say nothing: nearly all chance meetings are of this kind."""
NOISE = 0.3
"""Share of random numbers, so that pieces of the same company can part."""


def start_embeddings(src: Tensor, tgt: Tensor, pairs: Sequence[IdPair], seed: int) -> None:
    """Move the embeddings (V, E) of source and target, freshly drawn, to where the corpus says.

    Rows keep the length that they were drawn with, on average. Both may be the same tensor (tied).
    """
    if len(pairs) > MAX_PAIRS:
        pairs = random.Random(seed).sample(pairs, MAX_PAIRS)
    generator = torch.Generator().manual_seed(seed)
    as_src, as_tgt = factors(mutual_information(pairs, len(src)), src.size(1), generator)
    if src.data_ptr() == tgt.data_ptr():
        _move(tgt, as_src + as_tgt)
    else:
        _move(src, as_src)
        _move(tgt, as_tgt)


def mutual_information(pairs: Sequence[IdPair], vocab_size: int) -> Tensor:
    """Return max(0, log p(i, j) / (p(i) p(j))) of source piece i and target piece j, (V, V).

    p(i, j) is the share of the sentence pairs that have both. Pairs of pieces below `MIN_COUNT` get 0.
    """
    src, tgt = ([torch.tensor(sorted(set(pair[side]))) for pair in pairs] for side in (0, 1))
    together = torch.zeros(vocab_size**2)
    for start in range(0, len(pairs), PAIRS_AT_ONCE):
        some = slice(start, start + PAIRS_AT_ONCE)
        cells = [i.unsqueeze(1) * vocab_size + j for i, j in zip(src[some], tgt[some], strict=True)]
        met = torch.cat([cell.flatten() for cell in cells])
        together.index_add_(0, met, torch.ones(()).expand(len(met)))
    together = together.view(vocab_size, vocab_size)
    alone = torch.outer(
        *(torch.bincount(torch.cat(side), minlength=vocab_size).float() for side in (src, tgt))
    )
    is_rare = together < MIN_COUNT
    ratio = together.mul_(len(pairs)).div_(alone.clamp_(min=1))  # in place: V x V numbers are many
    return ratio.clamp_(min=1).log_().masked_fill_(is_rare, 0)


def factors(matrix: Tensor, width: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return A and B, (V, E) each, such that A B^T is about the matrix (V, V).

    Randomized subspace iteration (Halko et al. 2011): the matrix, applied a few times to random vectors,
    turns them towards its largest singular vectors.
    """
    basis = torch.randn(matrix.size(1), min(width, matrix.size(1)), generator=generator)
    for _ in range(3):
        basis, _ = torch.linalg.qr(matrix.t() @ (matrix @ basis))
    left, singular, right = torch.linalg.svd(matrix @ basis, full_matrices=False)
    padding, root = (0, width - len(singular)), singular.sqrt()
    a, b = left * root, basis @ (right.t() * root)
    return torch.nn.functional.pad(a, padding), torch.nn.functional.pad(b, padding)


def _move(weights: Tensor, towards: Tensor) -> None:
    with torch.no_grad():
        norms = towards.norm(dim=1, keepdim=True)  # (V, 1)
        unit = towards / norms.clamp(min=1e-6) * weights.norm(dim=1).mean()
        weights.copy_(torch.where(norms > 1e-6, unit + NOISE * weights, weights))

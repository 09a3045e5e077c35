"""Greedy translation against CTranslate2: the same weights and pieces, text in and text out.

In batches each program divides the text as suits it: seqtrans with its own groups, CTranslate2 with its own
batching by tokens, which is its quickest setting here. One sentence at a time, each uses one core.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from unittest.mock import patch

from torch import nn

from seqtrans.checkpoint import Run
from seqtrans.decoding import Translator, length_limit
from seqtrans.engines import CTranslate2Translator, converted
from seqtrans.errors import SeqtransError
from seqtrans.models.transformer import attend
from tests.bench.measure import Contender, Table, absent, side_by_side
from tests.bench.parts import ALL, without
from tests.bench.workload import Workload

PEER = "CTranslate2, float32"
TOKENS_AT_ONCE = 2048
"""Source tokens that CTranslate2 takes as a batch."""

Translate = Callable[[Sequence[str]], list[str]]


def tables(workload: Workload, run: Run) -> Iterator[Table]:
    """Measure sentences a second in batches, and milliseconds for a sentence alone."""
    texts = [pair.src for pair in workload.sentences()]
    programs: dict[str, Translate] = {"seqtrans, float32": Translator(run).translate}
    reason = ""
    try:
        programs["seqtrans --engine ctranslate2"] = converted(run).translate
        programs[PEER] = peer(converted(run))
        programs["CTranslate2, int8"] = peer(converted(run, "int8"))
    except SeqtransError as error:
        reason = str(error)
    missing = [absent(PEER, reason)] if reason else []
    batched = [Contender(name, lambda t=t: in_batches(t, texts)) for name, t in programs.items()]  # type: ignore[misc]
    title = f"Greedy translation of {len(texts):,} sentences in batches"
    yield side_by_side(title, "sentences/s", PEER, [*batched, *missing], workload.num_rounds)
    some = texts[:200]
    alone = [Contender(name, lambda t=t: one_by_one(t, some)) for name, t in programs.items()]  # type: ignore[misc]
    title = f"Greedy translation one by one, median of {len(some)} sentences"
    yield side_by_side(title, "ms/sentence", PEER, [*alone, *missing], workload.num_rounds)
    translate = Translator(run).translate
    yield parts(lambda: in_batches(translate, texts), workload.num_rounds)
    yield part_of_one(lambda: one_by_one(translate, some), workload.num_rounds)


def parts(measure: Callable[[], float], num_rounds: int) -> Table:
    """Measure our batched translation with each clever part left out; the ratio is what is left."""
    written_out = patch.object(nn.functional, "scaled_dot_product_attention", attend)
    torchs_argmax = patch("seqtrans.decoding.likeliest", lambda logits: logits.argmax(dim=-1))
    contenders = [
        Contender(ALL, measure),
        Contender("without torch's fused attention", without(written_out, measure)),
        Contender("without numpy's argmax", without(torchs_argmax, measure)),
    ]
    return side_by_side("What each part of translation buys", "sentences/s", ALL, contenders, num_rounds)


def part_of_one(measure: Callable[[], float], num_rounds: int) -> Table:
    """Measure our translation of single sentences with torch's steps in the place of numpy's."""
    torchs_steps = patch("seqtrans.decoding.step_for", lambda model, _: model.step)
    contenders = [Contender(ALL, measure), Contender("without numpy's steps", without(torchs_steps, measure))]
    return side_by_side("What numpy buys one by one", "ms/sentence", ALL, contenders, num_rounds)


def peer(translator: CTranslate2Translator) -> Translate:
    """Return CTranslate2's own way with a list of texts; of this program only the pieces."""

    def translate(texts: Sequence[str]) -> list[str]:
        encoded = translator.tokenizer.encode(texts)
        results = translator.engine.translate_batch(
            [[translator.pieces[i] for i in line] for line in encoded],
            beam_size=1,
            max_batch_size=TOKENS_AT_ONCE,
            batch_type="tokens",
            max_decoding_length=length_limit(max(map(len, encoded)) + 1),
        )
        ids = [[translator.ids[piece] for piece in result.hypotheses[0]] for result in results]
        return translator.tokenizer.decode(ids)

    return translate


def in_batches(translate: Translate, texts: Sequence[str]) -> float:
    """Return sentences a second."""
    started = time.perf_counter()
    translate(texts)
    return len(texts) / (time.perf_counter() - started)


def one_by_one(translate: Translate, texts: Sequence[str]) -> float:
    """Return the median of the milliseconds that a sentence takes."""
    times = []
    for text in texts:
        started = time.perf_counter()
        translate([text])
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)

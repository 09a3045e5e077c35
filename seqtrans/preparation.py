"""From text to ids: load the corpus, complete the config, learn the pieces, count what there is.

All that happens before the first tensor, so that a fault in the input ends the run here.
"""

import statistics
from typing import NamedTuple

from seqtrans import recipe
from seqtrans.batches import IdPair
from seqtrans.config import AUTO, Config
from seqtrans.corpus import Corpus, Pair, load_corpus
from seqtrans.errors import SeqtransError
from seqtrans.tokenizer import Tokenizer, train_tokenizer


class Lengths(NamedTuple):
    """Length of the training sentences of one side, in words and in pieces."""

    mean_words: float
    longest_words: int
    mean_pieces: float
    longest_pieces: int


class Facts(NamedTuple):
    """What the user should know of the corpus before training."""

    num_train: int
    num_valid: int
    num_test: int
    dropped: dict[str, int]
    """Why pairs were dropped from training, and how many."""
    overlap: int
    """Test pairs of which a side also stands in the training pairs."""
    vocab_size: int
    src: Lengths
    tgt: Lengths


class Prepared(NamedTuple):
    """A corpus ready to train on: text, pieces and ids, and the complete config."""

    config: Config
    corpus: Corpus
    tokenizer: Tokenizer
    train: list[IdPair]
    """The pairs that an epoch consists of, copies included."""
    facts: Facts


def prepare(config: Config, tokenizer: Tokenizer | None = None) -> Prepared:
    """Read, tokenize and count the corpus, and choose what the config leaves open.

    Learns the pieces unless a tokenizer is given. Raises `SeqtransError` for anything that would make
    training fail or meaningless.
    """
    corpus = load_corpus(config)
    config = recipe.complete(config, corpus.train)
    if tokenizer is None:
        texts = [side for pair in corpus.train for side in pair]
        exact = config.vocab_size != AUTO
        vocab_size = config.vocab_size if exact else recipe.vocab_size_for(corpus.train)
        tokenizer = train_tokenizer(texts, config.tokenizer, vocab_size, exact=exact)
    config = config.with_changes(vocab_size=tokenizer.vocab_size)
    train, kept, num_long = _encode(corpus.train, tokenizer, config.max_pieces)
    dropped = dict(corpus.dropped)
    if num_long:
        dropped[f"a side has over {config.max_pieces} pieces"] = num_long
    facts = Facts(
        len(train),
        len(corpus.valid),
        len(corpus.test),
        dropped,
        corpus.overlap(),
        tokenizer.vocab_size,
        _lengths([pair.src for pair in kept], [pair.src for pair in train]),
        _lengths([pair.tgt for pair in kept], [pair.tgt for pair in train]),
    )
    return Prepared(config, corpus, tokenizer, train + target_copies(train) * config.copies, facts)


def target_copies(pairs: list[IdPair]) -> list[IdPair]:
    """Return pairs of each target sentence with itself as its source.

    Translation and autoencoding then share one model, which learns more from the same text (Currey et al.
    2017, "Copied Monolingual Data Improves Low-Resource Neural Machine Translation").
    """
    return [IdPair(pair.tgt, pair.tgt) for pair in pairs]


def _encode(pairs: list[Pair], tokenizer: Tokenizer, longest: int) -> tuple[list[IdPair], list[Pair], int]:
    """Return the ids of the pairs that are short enough, those pairs, and the count of the others."""
    src, tgt = (tokenizer.encode(side) for side in zip(*pairs, strict=True))
    fitting = [i for i in range(len(pairs)) if max(len(src[i]), len(tgt[i])) <= longest]
    if not fitting:
        raise SeqtransError(f"max_pieces: every pair has more than {longest} pieces on a side; raise it")
    ids = [IdPair(src[i], tgt[i]) for i in fitting]
    return ids, [pairs[i] for i in fitting], len(pairs) - len(fitting)


def _lengths(texts: list[str], ids: list[list[int]]) -> Lengths:
    words, pieces = [len(text.split()) for text in texts], [len(line) for line in ids]
    return Lengths(statistics.fmean(words), max(words), statistics.fmean(pieces), max(pieces))

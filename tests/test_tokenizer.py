"""Pieces: trained on the text, lossless, deterministic."""

import random

import pytest

from seqtrans.errors import SeqtransError
from seqtrans.tokenizer import NUM_SPECIAL, UNK_ID, Tokenizer, train_tokenizer
from tests.conftest import toy_pairs

TEXTS = [side for pair in toy_pairs() for side in pair]


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_text_comes_back_as_it_was(kind: str) -> None:
    tokenizer = train_tokenizer(TEXTS, kind, 65, exact=True)
    ids = tokenizer.encode(TEXTS)
    assert tokenizer.vocab_size == 65
    assert tokenizer.decode(ids) == TEXTS
    assert all(NUM_SPECIAL <= i < 65 for line in ids for i in line)


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_no_character_of_the_training_text_is_unknown(kind: str) -> None:
    odd = [*TEXTS, "½ € … „Größe“ 漢字 🙂 ﬁ é", "seltenes Ω"]
    tokenizer = train_tokenizer(odd, kind, 100, exact=False)
    letters = sorted(set("".join(odd)) - {" "})
    shuffled = random.Random(1).sample(letters, len(letters))
    ids = tokenizer.encode(["".join(shuffled), *odd])
    assert all(UNK_ID not in line for line in ids)
    assert tokenizer.decode(ids)[1:] == odd


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_of_much_text_a_sample_is_learned_from_and_every_character_kept(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["ein Hund und eine Katze"] * 500 + ["Xylophon " * 9 + "Xylophon"]
    of_all = train_tokenizer(lines, kind, 60, exact=False)
    monkeypatch.setattr("seqtrans.tokenizer.MAX_LINES", 20)
    of_some = train_tokenizer(lines, kind, 60, exact=False)
    assert len(of_all.encode(["Xylophon"])[0]) < len(of_some.encode(["Xylophon"])[0])
    assert of_some.decode(of_some.encode(lines)) == lines


def test_a_new_character_is_unknown_and_leaves_no_trace() -> None:
    tokenizer = train_tokenizer(TEXTS, "unigram", 65, exact=True)
    (ids,) = tokenizer.encode(["Der Ж"])
    assert UNK_ID in ids
    assert tokenizer.decode([ids]) == ["Der "] or tokenizer.decode([ids]) == ["Der"]


def test_blank_text_has_no_pieces() -> None:
    tokenizer = train_tokenizer(TEXTS, "bpe", 65, exact=True)
    assert tokenizer.encode(["", "  "]) == [[], []]
    assert tokenizer.decode([[], [0, 2, 3]]) == ["", ""]


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_the_same_text_gives_the_same_bytes(kind: str) -> None:
    models = {train_tokenizer(TEXTS, kind, 65, exact=True).model for _ in range(3)}
    assert len(models) == 1


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_a_vocabulary_that_the_text_does_not_support_is_refused_or_shrunk(kind: str) -> None:
    with pytest.raises(SeqtransError, match="vocab_size: 9000 pieces do not fit this text"):
        train_tokenizer(TEXTS, kind, 9000, exact=True)
    assert train_tokenizer(TEXTS, kind, 9000, exact=False).vocab_size < 9000
    with pytest.raises(SeqtransError, match="vocab_size: found 9, but the text needs at least"):
        train_tokenizer(TEXTS, kind, 9, exact=True)


@pytest.mark.parametrize("data", [b"", b"no model", b"\x0a\xff\xff"])
def test_bytes_that_are_no_model_are_refused(data: bytes) -> None:
    with pytest.raises(SeqtransError, match="here: not a SentencePiece model"):
        Tokenizer(data, "here")

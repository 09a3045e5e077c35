"""Subword pieces: train and load SentencePiece (Kudo and Richardson 2018), encode, decode.

One joint vocabulary for both languages. Knows text and integers; nothing of batches or tensors.
"""

import io
import random
from collections.abc import Sequence

import sentencepiece

from seqtrans.errors import SeqtransError

PAD_ID, UNK_ID, BOS_ID, EOS_ID = 0, 1, 2, 3
NUM_SPECIAL = 4
MAX_LINES = 100_000
"""Of more lines a sample is learned from: 400,000 take three times as long and cut text 0.2% shorter."""
SAMPLE_SEED = 1


class Tokenizer:
    """A trained SentencePiece model. Raises `SeqtransError` for bytes that are not one."""

    def __init__(self, model: bytes, where: str = "tokenizer") -> None:
        self.model = model
        stranger = SeqtransError(f"{where}: not a SentencePiece model that seqtrans has trained")
        try:
            self._processor = sentencepiece.SentencePieceProcessor(model_proto=model)
            self.pieces(range(self.vocab_size))  # UnicodeDecodeError for one that is not text
        except (RuntimeError, ValueError):
            raise stranger from None
        ids = self._processor
        special = (ids.pad_id(), ids.unk_id(), ids.bos_id(), ids.eos_id())
        if special != (PAD_ID, UNK_ID, BOS_ID, EOS_ID):
            raise stranger

    @property
    def vocab_size(self) -> int:
        return int(self._processor.get_piece_size())

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Turn each text into ids, without BOS and EOS. A text without words gives an empty list."""
        # One by one: for a list, SentencePiece starts threads, which delays a single text by a millisecond.
        return [self._processor.encode(text, out_type=int) for text in texts]

    def decode(self, ids: Sequence[Sequence[int]]) -> list[str]:
        """Turn each list of ids into one line of plain, detokenized text. Special ids leave no trace."""
        texts = [self._processor.decode([i for i in line if i >= NUM_SPECIAL]) for line in ids]
        return [" ".join(text.splitlines()) for text in texts]

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Return the string of each id."""
        return [self._processor.id_to_piece(i) for i in ids]


def train_tokenizer(texts: Sequence[str], kind: str, vocab_size: int, *, exact: bool) -> Tokenizer:
    """Learn pieces from the training text of both languages, or from `MAX_LINES` lines drawn from it.

    Every character of all the text gets a piece, so none becomes `<unk>`. The text is taken as it is
    (`text.clean` has composed its accents). With `exact`, raises `SeqtransError` when the text does
    not support `vocab_size` pieces; without, takes as many as it supports.
    """
    characters = set("".join(texts))
    fewest = len(characters) + NUM_SPECIAL
    if vocab_size < fewest and exact:
        raise SeqtransError(f"vocab_size: found {vocab_size}, but the text needs at least {fewest}")
    if len(texts) > MAX_LINES:
        texts = random.Random(SAMPLE_SEED).sample(texts, MAX_LINES)
    buffer = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(texts),
            model_writer=buffer,
            model_type=kind,
            vocab_size=max(vocab_size, fewest),
            hard_vocab_limit=exact,
            character_coverage=1.0,
            required_chars="".join(sorted(characters - {" "})),
            normalization_rule_name="identity",
            max_sentence_length=2**20,
            pad_id=PAD_ID,
            unk_id=UNK_ID,
            bos_id=BOS_ID,
            eos_id=EOS_ID,
            unk_surface="\N{REPLACEMENT CHARACTER}",
            minloglevel=2,
        )
    except RuntimeError as error:
        reason = str(error).rsplit("] ", 1)[-1].strip()
        raise SeqtransError(f"vocab_size: {vocab_size} pieces do not fit this text: {reason}") from None
    return Tokenizer(buffer.getvalue())

"""Every setting of a run: its default, its range and its help text, each said once.

The command line, the Python API and `config.json` are all made from `Config`, so a setting that is
added here appears in all three. Knows nothing of files, tensors or processors: `recipe.py` fills in
what the user left to the program (`AUTO`).
"""

import dataclasses
import json
import math
import re
import typing
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from reprlib import repr as shortened
from typing import Any, Literal, get_type_hints

from seqtrans.errors import SeqtransError

AUTO = -1
"""A number that the program chooses from the corpus and the budget."""

Backbone = Literal["gru", "attention", "transformer"]
Device = Literal["auto", "cpu", "cuda", "mps"]
RECURRENT = ("gru", "attention")
FOREIGN = {
    "gru": ("d_model", "d_ff", "num_heads", "positions", "norm", "score"),
    "attention": ("d_model", "d_ff", "num_heads", "positions", "norm", "num_cosines"),
    "transformer": ("embed_size", "hidden_size", "cell", "num_cosines", "score", "teacher_forcing"),
}
"""The settings that each backbone does not read."""
BUDGETS = ("minutes", "epochs", "steps")
CORPORA = ("data", "src", "tgt", "tsv")


def _setting(default: Any, help: str, low: float = -math.inf, high: float = math.inf, flag: str = "") -> Any:
    """Declare a field: its help text, its inclusive range and, where the name differs, its flag."""
    return field(default=default, metadata={"help": help, "low": low, "high": high, "flag": flag})


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of one training run. Construction checks types, ranges and contradictions.

    Raises `SeqtransError` naming the setting, what was found and what was expected.
    """

    data: str = _setting("", "folder with train, valid and test files, one per language")
    src: str = _setting("", "source text, one sentence a line (with --tgt)")
    tgt: str = _setting("", "target text, line by line the translation of --src")
    tsv: str = _setting("", "one file: source, tab, target on each line")
    source_language: str = _setting("de", "suffix of the source files", flag="--from")
    target_language: str = _setting("en", "suffix of the target files", flag="--to")
    test: str = _setting("", "which test set of --data, when it has several")
    max_pieces: int = _setting(128, "training pairs with more pieces on a side are dropped", 1, 10_000)
    tokenizer: Literal["unigram", "bpe"] = _setting("unigram", "kind of SentencePiece model")
    vocab_size: int = _setting(AUTO, "pieces in the joint vocabulary", 5, 1_000_000)

    backbone: Backbone = _setting("transformer", "the model to train")
    cell: Literal["gru", "lstm", "rnn"] = _setting("gru", "recurrent cell (gru, attention)")
    num_cosines: int = _setting(8, "cosine sums of the source pieces that the decoder may mix (gru)", 0, 64)
    score: Literal["general", "dot", "additive"] = _setting("general", "attention score (attention)")
    embed_size: int = _setting(AUTO, "width of the embeddings (gru, attention)", 1, 8192)
    hidden_size: int = _setting(AUTO, "width of the recurrent state (gru, attention)", 1, 8192)
    d_model: int = _setting(AUTO, "width of the model (transformer)", 2, 8192)
    d_ff: int = _setting(AUTO, "width of the feed-forward layers (transformer)", 1, 32768)
    num_heads: int = _setting(AUTO, "attention heads (transformer)", 1, 256)
    positions: Literal["rotary", "sinusoidal"] = _setting(
        "rotary", "positions turn queries and keys, or are added to embeddings (transformer)"
    )
    norm: Literal["pre", "post"] = _setting("pre", "layer norm before or after a sublayer (transformer)")
    num_encoder_layers: int = _setting(AUTO, "layers of the encoder", 1, 64)
    num_decoder_layers: int = _setting(AUTO, "layers of the decoder", 1, 64)
    tied: bool = _setting(True, "one embedding matrix for source, target and output")
    embeddings: Literal["cooccurrence", "random"] = _setting(
        "cooccurrence", "start: from pieces that share sentence pairs, or from nothing"
    )
    dropout: float = _setting(AUTO, "share of activations dropped in training", 0.0, 0.9)
    copies: int = _setting(AUTO, "times an epoch that a target sentence is its own source", 0, 10)

    minutes: float = _setting(AUTO, "budget in minutes, tokenizing and validation included", 0.01, 1e6)
    epochs: int = _setting(AUTO, "budget in passes over the corpus, copies included", 1, 1_000_000)
    steps: int = _setting(AUTO, "budget in optimizer updates", 1, 1_000_000_000)
    seed: int = _setting(1, "seed of everything random", 0, 2**31 - 1)
    device: Device = _setting("auto", "where to compute")
    precision: Literal["auto", "float32", "bfloat16"] = _setting("auto", "format of matrix products")
    batch_pieces: int = _setting(AUTO, "source and target pieces in a batch, with padding", 1, 10_000_000)
    learning_rate: float = _setting(AUTO, "peak learning rate", 0.0, 10.0)
    warmup_steps: int = _setting(AUTO, "steps over which the learning rate rises", 0, 1_000_000)
    weight_decay: float = _setting(
        AUTO, "share of each weight that an update takes off, times the learning rate", 0.0, 10.0
    )
    label_smoothing: float = _setting(0.1, "probability spread over all pieces", 0.0, 0.9)
    clip_norm: float = _setting(1.0, "largest norm of the gradient", 1e-6, 1e6)
    teacher_forcing: float = _setting(
        1.0, "share of steps that see the reference's last piece (gru, attention)", 0.0, 1.0
    )
    num_validations: int = _setting(AUTO, "validations, evenly spread over the budget", 1, 100_000)
    checkpoint_minutes: float = _setting(1.0, "time between two checkpoints to resume from", 0.0, 1e6)
    patience: int = _setting(AUTO, "stop after this many validations without improvement", 1, 100_000)

    def __post_init__(self) -> None:
        for item in dataclasses.fields(self):
            object.__setattr__(self, item.name, _checked(item, getattr(self, item.name)))
        _check_together(self)

    def with_changes(self, **changes: Any) -> "Config":
        """Return a checked copy with some settings replaced."""
        return dataclasses.replace(self, **changes)

    def overlaid(self, given: Mapping[str, Any]) -> "Config":
        """Return a copy with the given settings; a budget or a corpus replaces one of another kind."""
        changes = dict(given)
        for group in (BUDGETS, CORPORA):
            if any(name in given for name in group):
                changes |= {
                    name: Config.__dataclass_fields__[name].default for name in group if name not in given
                }
        return self.with_changes(**changes)

    def with_same(self, given: Mapping[str, Any], where: str) -> "Config":
        """Return this config with the corpus of `given`, all other settings of which must be the same.

        Raises `SeqtransError` naming the run `where` and the first setting that differs.
        """
        for name, value in given.items():
            if name not in CORPORA and getattr(self, name) != value:
                was = getattr(self, name)
                raise SeqtransError(f"{where}: the run was started with {name} {was}, not {value}")
        return self.overlaid({name: value for name, value in given.items() if name in CORPORA})

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str, where: str) -> "Config":
        """Parse what `to_json` wrote; `where` names the file in error messages.

        Raises `SeqtransError` for text that is not a JSON object, and for unknown settings or values
        out of range.
        """
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise SeqtransError(f"{where}: not JSON ({error}); give a config.json of a run") from None
        if not isinstance(values, dict):
            raise SeqtransError(f"{where}: found a JSON {type(values).__name__}, expected an object")
        unknown = sorted(set(values) - {item.name for item in dataclasses.fields(cls)})
        if unknown:
            raise SeqtransError(
                f"{where}: unknown setting {shortened(unknown[0])}; remove it or mend its name"
            )
        try:
            return cls(**values)
        except SeqtransError as error:
            raise SeqtransError(f"{where}: {error}") from None


def field_types() -> dict[str, Any]:
    """Map the name of each setting to its type."""
    return get_type_hints(Config)


def _checked(item: "dataclasses.Field[Any]", value: Any) -> Any:
    """Return the value in its declared type, or raise `SeqtransError`."""
    kind = field_types()[item.name]
    if typing.get_origin(kind) is Literal:
        if value not in typing.get_args(kind):
            expected = _one_of(typing.get_args(kind))
            raise SeqtransError(f"{item.name}: found {shortened(value)}, expected {expected}")
        return value
    if kind is float and type(value) is int and abs(value) < 2**53:
        value = float(value)
    if type(value) is not kind:
        raise SeqtransError(
            f"{item.name}: found {shortened(value)}, expected a value of type {kind.__name__}"
        )
    if kind is str and any(unicodedata.category(character) in ("Cc", "Cs") for character in value):
        raise SeqtransError(f"{item.name}: found {shortened(value)}, expected text in UTF-8 on one line")
    low, high = item.metadata["low"], item.metadata["high"]
    if kind in (int, float) and value != item.default and not low <= value <= high:
        raise SeqtransError(
            f"{item.name}: found {shortened(value)}, expected a number from {low:g} to {high:g}"
        )
    return value


def _check_together(config: Config) -> None:
    """Raise `SeqtransError` for settings that contradict each other."""
    sources = [name for name in ("data", "src", "tsv") if getattr(config, name)]
    if len(sources) > 1:
        raise SeqtransError(f"{sources[0]} and {sources[1]} both name a corpus; give one of them")
    if bool(config.src) != bool(config.tgt):
        raise SeqtransError("src and tgt name the two sides of one corpus; give both")
    if config.test and (config.src or config.tsv):
        raise SeqtransError("test chooses a test set of a folder; give data, or leave it out")
    for name in ("source_language", "target_language", *(["test"] if config.test else [])):
        value = getattr(config, name)
        if not re.fullmatch(r"[\w.+-]{1,80}", value):
            raise SeqtransError(f"{name}: found {shortened(value)}, expected letters, digits, . + - or _")
    if config.source_language == config.target_language:
        raise SeqtransError(f"source and target language are both {config.source_language!r}")
    budgets = [name for name in BUDGETS if getattr(config, name) != AUTO]
    if len(budgets) > 1:
        raise SeqtransError(f"{budgets[0]} and {budgets[1]} both set a budget; give one of them")
    for name in FOREIGN[config.backbone]:
        if getattr(config, name) != Config.__dataclass_fields__[name].default:
            raise SeqtransError(f"{name} has no meaning for the backbone {config.backbone}; leave it out")
    if config.hidden_size != AUTO and config.hidden_size % 2:
        raise SeqtransError(f"hidden_size {config.hidden_size} is odd; the two directions share it")
    if config.d_model != AUTO and config.num_heads != AUTO:
        if config.d_model % config.num_heads:
            raise SeqtransError(
                f"d_model {config.d_model} is not a multiple of num_heads {config.num_heads}; "
                "give a d_model that is"
            )
        if config.positions == "rotary" and config.d_model // config.num_heads % 2:
            raise SeqtransError(
                f"d_model {config.d_model} with num_heads {config.num_heads}: rotary positions need heads of "
                "even width; give another d_model, or positions sinusoidal"
            )


def _one_of(choices: tuple[str, ...]) -> str:
    return ", ".join(choices[:-1]) + " or " + choices[-1]

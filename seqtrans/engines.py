"""Other programs that decode a run's model: CTranslate2, a C++ engine for Transformers.

The model is converted when it is loaded, which takes well under a second. All around the decoding, from
the cleaning of the text to the pieces of long lines, is `decoding.Translator`.
"""

import importlib
import tempfile
from pathlib import Path
from typing import Any, Literal, cast

import torch
from torch import Tensor, nn

from seqtrans.checkpoint import Run, load_run
from seqtrans.decoding import Translator, length_limit, load
from seqtrans.devices import choose_device
from seqtrans.errors import SeqtransError
from seqtrans.models.transformer import (
    DecoderLayer,
    EncoderLayer,
    FeedForward,
    MultiHeadAttention,
    Sublayer,
    Transformer,
    sinusoids,
)
from seqtrans.sidebyside import num_workers_for
from seqtrans.tokenizer import BOS_ID, EOS_ID, UNK_ID

Engine = Literal["seqtrans", "ctranslate2"]


def load_with(engine: Engine, run: str | Path, device: str = "auto") -> Translator:
    """Load a run folder to translate with one of the engines.

    Raises `SeqtransError` when it is not a whole run, or when the engine cannot translate with it.
    """
    if engine == "seqtrans":
        return load(run, device)
    return converted(load_run(Path(run), choose_device(device)))


def converted(run: Run, compute_type: str = "float32") -> "CTranslate2Translator":
    """Return a translator that runs the model in CTranslate2. Raises `SeqtransError` as `convert` does.

    `compute_type` is CTranslate2's word for the format of products: float32 is the model's own, int8 rounds
    the weights.
    """
    with tempfile.TemporaryDirectory() as folder:
        convert(run, Path(folder))
        return CTranslate2Translator(run, Path(folder), compute_type)


class CTranslate2Translator(Translator):
    """A run whose model CTranslate2 decodes, from a folder that `convert` has written."""

    def __init__(self, run: Run, folder: Path, compute_type: str = "float32") -> None:
        super().__init__(run)
        if run.device.type != "cpu":
            raise SeqtransError(
                f"device: the engine ctranslate2 computes on the CPU, not on {run.device.type}; choose cpu"
            )
        self.engine = ctranslate2().Translator(
            str(folder),
            compute_type=compute_type,
            inter_threads=num_workers_for(run.device),  # a batch for each core, and
            intra_threads=1,  # a core for each batch
        )
        self.pieces = self.tokenizer.pieces(range(self.tokenizer.vocab_size))
        self.ids = {piece: i for i, piece in enumerate(self.pieces)}

    def decode_pieces(self, lines: list[list[int]]) -> tuple[list[list[int]], int]:
        """Do what `decoding.greedy` does, with the same limit for each sentence.

        CTranslate2 knows one limit a batch, and adds the EOS of the source itself.
        """
        limits = [length_limit(len(line) + 1) for line in lines]
        results = self.engine.translate_batch(
            [[self.pieces[i] for i in line] for line in lines],
            beam_size=1,
            max_input_length=0,
            min_decoding_length=0,
            max_decoding_length=max(limits) + 1,
        )
        outputs = [[self.ids[piece] for piece in result.hypotheses[0]] for result in results]
        num_truncated = sum(len(ids) > limit for ids, limit in zip(outputs, limits, strict=True))
        return [ids[:limit] for ids, limit in zip(outputs, limits, strict=True)], num_truncated


def ctranslate2() -> Any:
    """Return the module. Raises `SeqtransError` where it is not installed."""
    try:
        return importlib.import_module("ctranslate2")
    except ImportError:
        raise SeqtransError('ctranslate2 is not installed; run: pip install "seqtrans[export]"') from None


def convert(run: Run, folder: Path) -> None:
    """Write a run's model into an empty folder as CTranslate2 reads it: weights, vocabulary, settings.

    Raises `SeqtransError` for a backbone that CTranslate2 does not know, or where it is not installed.
    """
    model, config, pieces = run.model, run.config, run.tokenizer.pieces(range(run.tokenizer.vocab_size))
    if not isinstance(model, Transformer):
        raise SeqtransError(f"ctranslate2 knows Transformers only, not the backbone {config.backbone}")
    specs = ctranslate2().specs.transformer_spec
    shared = {"num_heads": config.num_heads, "pre_norm": config.norm == "pre"}
    if model.is_rotary:
        shared |= {"rotary_dim": 0, "rotary_interleave": True}  # all numbers of a head, pairs side by side
    spec = specs.TransformerSpec(
        specs.TransformerEncoderSpec(config.num_encoder_layers, **shared),
        specs.TransformerDecoderSpec(config.num_decoder_layers, **shared),
    )
    sides = (
        (spec.encoder, spec.encoder.embeddings[0], model.src_embedding, model.encoder_norm),
        (spec.decoder, spec.decoder.embeddings, model.tgt_embedding, model.decoder_norm),
    )
    for side, embeddings, embedding, norm in sides:
        embeddings.weight = _copy(embedding.weight)
        if not model.is_rotary:
            longest = length_limit(config.max_pieces + 1) + 1  # of a target with BOS; every source is shorter
            side.position_encodings.encodings = _copy(sinusoids(torch.arange(longest), config.d_model))
        if isinstance(norm, nn.LayerNorm):
            _set(side.layer_norm, norm)
    for to, module in zip(spec.encoder.layer, model.encoder, strict=True):
        encoder = cast(EncoderLayer, module)
        _set_self_attention(to.self_attention, encoder.attention, encoder.attention_frame)
        _set_feed_forward(to.ffn, encoder.feed_forward, encoder.feed_forward_frame)
    for to, module in zip(spec.decoder.layer, model.decoder, strict=True):
        decoder = cast(DecoderLayer, module)
        _set_self_attention(to.self_attention, decoder.self_attention, decoder.self_frame)
        _set_cross_attention(to.attention, decoder.cross_attention, decoder.cross_frame)
        _set_feed_forward(to.ffn, decoder.feed_forward, decoder.feed_forward_frame)
    _set(spec.decoder.projection, model.output)
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    spec.config.unk_token, spec.config.bos_token, spec.config.eos_token = (
        pieces[i] for i in (UNK_ID, BOS_ID, EOS_ID)
    )
    spec.config.decoder_start_token = pieces[BOS_ID]
    spec.config.add_source_eos = True
    spec.config.layer_norm_epsilon = nn.LayerNorm(1).eps
    spec.validate()
    spec.optimize()  # a tied matrix is stored once
    spec.save(str(folder))


def _copy(tensor: Tensor) -> Any:
    return tensor.detach().cpu().numpy()


def _set(to: Any, layer: nn.Module) -> None:
    """Copy a linear layer or a layer norm, which calls its weights gamma and beta."""
    names = ("gamma", "beta") if isinstance(layer, nn.LayerNorm) else ("weight", "bias")
    for name, parameter in zip(names, (layer.weight, layer.bias), strict=True):
        if parameter is not None:
            setattr(to, name, _copy(cast(Tensor, parameter)))


def _set_self_attention(to: Any, attention: MultiHeadAttention, frame: Sublayer) -> None:
    _set(to.layer_norm, frame.layer_norm)
    _set(to.linear[0], attention.project)
    _set(to.linear[1], attention.output)


def _set_cross_attention(to: Any, attention: MultiHeadAttention, frame: Sublayer) -> None:
    """CTranslate2 keeps the query's projection apart from that of key and value."""
    _set(to.layer_norm, frame.layer_norm)
    weight = _copy(attention.project.weight)
    width = weight.shape[1]
    to.linear[0].weight, to.linear[1].weight = weight[:width], weight[width:]
    _set(to.linear[2], attention.output)


def _set_feed_forward(to: Any, layer: FeedForward, frame: Sublayer) -> None:
    _set(to.layer_norm, frame.layer_norm)
    _set(to.linear_0, layer.inner)
    _set(to.linear_1, layer.outer)

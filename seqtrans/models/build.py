"""The only place where a backbone's name becomes a class."""

from typing import Any

from seqtrans.config import Config
from seqtrans.models.attention import AttentionModel
from seqtrans.models.base import Seq2Seq
from seqtrans.models.seq2seq import FixedVectorModel
from seqtrans.models.transformer import Transformer

BACKBONES: dict[str, type[Seq2Seq[Any]]] = {
    "gru": FixedVectorModel,
    "attention": AttentionModel,
    "transformer": Transformer,
}


def build_model(config: Config) -> Seq2Seq[Any]:
    """Return the backbone with fresh weights, drawn from torch's global generator.

    The config must be complete: no size left to the program.
    """
    return BACKBONES[config.backbone](config)


def count_parameters(model: Seq2Seq[Any]) -> int:
    """Return the number of trainable weights; a tied matrix counts once."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)

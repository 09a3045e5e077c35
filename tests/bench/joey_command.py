"""JoeyNMT as its users run it: its training command, with its own reading and batching, on the same pieces.

On a CPU it computes in float32 whatever it is told. Its batches hold as many pieces, padding included, but
sentences of any length, as it draws them.
"""

import json
import re
import statistics
import subprocess
from pathlib import Path
from typing import Any

from seqtrans.config import Config
from tests.bench.workload import Workload, num_pieces

NUM_UPDATES = 25
EVERY = 5
"""Updates between two lines of its log; the first line is of a cold start."""
SPECIAL = ("<unk>", "<pad>", "<s>", "</s>")


class JoeyCommand:
    """A corpus of pieces and a configuration for JoeyNMT, in a folder."""

    def __init__(self, python: str, workload: Workload, config: Config, folder: Path) -> None:
        self.command = [python, "-m", "joeynmt", "train", str(folder / "config.yaml"), "--skip-test"]
        pairs = workload.prepared.train
        pieces = workload.prepared.tokenizer.pieces(range(config.vocab_size))
        for side, language in enumerate(("src", "tgt")):
            lines = [" ".join(pieces[i] for i in pair[side]) for pair in pairs]
            (folder / f"train.{language}").write_text("\n".join(lines) + "\n", encoding="utf-8")
            (folder / f"dev.{language}").write_text("\n".join(lines[:10]) + "\n", encoding="utf-8")
        vocabulary = [*SPECIAL, *pieces[len(SPECIAL) :]]
        (folder / "vocabulary").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
        self.pieces_per_target = num_pieces([pairs]) / sum(len(pair.tgt) + 1 for pair in pairs)
        text = json.dumps(settings(config, folder))  # which YAML understands
        (folder / "config.yaml").write_text(text, encoding="utf-8")

    def pieces_per_second(self) -> float:
        """Train anew; return the median of what the log says of target pieces, source pieces added."""
        done = subprocess.run(self.command, capture_output=True, text=True, check=True)
        rates = re.findall(r"Tokens per Sec:\s*([\d.]+)", done.stdout + done.stderr)
        return statistics.median(map(float, rates[1:])) * self.pieces_per_target


def settings(config: Config, folder: Path) -> dict[str, Any]:
    """Say a config of this program in JoeyNMT's words."""
    side = {"level": "word", "lowercase": False, "voc_file": str(folder / "vocabulary"), "max_length": 200}
    ids = {"unk_token": 0, "pad_token": 1, "bos_token": 2, "eos_token": 3}
    special = {name: SPECIAL[i] for name, i in ids.items()}
    special_ids = {name.replace("token", "id"): i for name, i in ids.items()}
    return {
        "name": "bench",
        "model_dir": str(folder / "model"),
        "use_cuda": False,
        "fp16": False,
        "data": {
            "train": str(folder / "train"), "dev": str(folder / "dev"), "dataset_type": "plain",
            "src": {"lang": "src", **side}, "trg": {"lang": "tgt", **side},
            "special_symbols": special | special_ids,
        },
        "testing": {"beam_size": 1, "batch_size": 10, "batch_type": "sentence", "max_output_length": 20},
        "training": {
            "optimizer": "adam", "adam_betas": [0.9, 0.98], "learning_rate": 1e-3,
            "scheduling": "exponential", "decrease_factor": 0.99,
            "batch_type": "token", "batch_size": config.batch_pieces // 2,  # of one side
            "normalization": "tokens", "loss": "crossentropy", "label_smoothing": config.label_smoothing,
            "clip_grad_norm": config.clip_norm, "epochs": 1, "updates": NUM_UPDATES, "logging_freq": EVERY,
            "validation_freq": 10 * NUM_UPDATES, "overwrite": True, "shuffle": True,
        },
        "model": model_config(config),
    }  # fmt: skip


def model_config(config: Config) -> dict[str, Any]:
    """Say the sizes of a config of this program in JoeyNMT's words."""
    if config.backbone == "transformer":
        width = config.d_model
        layers = {
            "type": "transformer", "hidden_size": width, "ff_size": config.d_ff, "layer_norm": "pre",
            "num_heads": config.num_heads, "num_layers": config.num_encoder_layers,
            "embeddings": {"embedding_dim": width, "scale": True, "dropout": config.dropout},
            "dropout": config.dropout,
        }  # fmt: skip
        encoder, decoder = layers, layers
    else:
        hidden_size = config.hidden_size
        layers = {
            "type": "recurrent", "rnn_type": config.cell, "num_layers": config.num_encoder_layers,
            "embeddings": {"embedding_dim": config.embed_size, "dropout": config.dropout},
            "dropout": config.dropout,
        }  # fmt: skip
        encoder = layers | {"hidden_size": hidden_size // 2, "bidirectional": True}
        decoder = layers | {
            "hidden_size": hidden_size, "attention": "luong", "input_feeding": False,
            "init_hidden": "bridge", "hidden_dropout": config.dropout,
        }  # fmt: skip
    return {"encoder": encoder, "decoder": decoder, "tied_embeddings": True, "tied_softmax": True}

"""Settings: checked at construction, the same through JSON."""

import dataclasses
import json
import math
from typing import Any

import pytest

from seqtrans.config import AUTO, Config
from seqtrans.errors import SeqtransError


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"dropout": 1.5}, "dropout: found 1.5, expected a number from 0 to 0.9"),
        ({"dropout": math.nan}, "dropout: found nan, expected a number from 0 to 0.9"),
        ({"hidden_size": 0, "backbone": "gru"}, "hidden_size: found 0, expected a number from 1 to 8192"),
        ({"seed": True}, "seed: found True, expected a value of type int"),
        ({"seed": "7"}, "seed: found '7', expected a value of type int"),
        ({"backbone": "lstm"}, "backbone: found 'lstm', expected gru, attention or transformer"),
        ({"steps": 5, "minutes": 1.0}, "minutes and steps both set a budget; give one of them"),
        ({"data": "a", "tsv": "b"}, "data and tsv both name a corpus; give one of them"),
        ({"src": "a"}, "src and tgt name the two sides of one corpus; give both"),
        ({"tgt": "a"}, "src and tgt name the two sides of one corpus; give both"),
        ({"source_language": "en"}, "source and target language are both 'en'"),
        ({"backbone": "gru", "d_model": 8}, "d_model has no meaning for the backbone gru; leave it out"),
        ({"hidden_size": 8}, "hidden_size has no meaning for the backbone transformer; leave it out"),
        ({"backbone": "gru", "hidden_size": 7}, "hidden_size 7 is odd; the two directions share it"),
        (
            {"teacher_forcing": 0.5},
            "teacher_forcing has no meaning for the backbone transformer; leave it out",
        ),
        (
            {"d_model": 10, "num_heads": 4},
            "d_model 10 is not a multiple of num_heads 4; give a d_model that is",
        ),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SeqtransError) as error:
        Config(**settings)
    assert str(error.value) == message


def test_json_gives_the_same_config_back() -> None:
    config = Config(backbone="gru", hidden_size=64, dropout=0.25, minutes=2, seed=9)
    assert Config.from_json(config.to_json(), "here") == config


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "x.json: not JSON"),
        ("[]", "x.json: found a JSON list, expected an object"),
        ('{"hidden": 3}', "x.json: unknown setting 'hidden'"),
        ('{"seed": 1.5}', "x.json: seed: found 1.5"),
        ('{"dropout": NaN}', "x.json: dropout: found nan"),
        ('{"data": null}', "x.json: data: found None"),
    ],
)
def test_bad_json_is_named(text: str, message: str) -> None:
    with pytest.raises(SeqtransError) as error:
        Config.from_json(text, "x.json")
    assert str(error.value).startswith(message)


def test_every_default_is_in_its_range_and_every_setting_has_help() -> None:
    for item in dataclasses.fields(Config):
        assert item.metadata["help"], item.name
        if isinstance(item.default, int | float) and item.default != AUTO:
            assert item.metadata["low"] <= item.default <= item.metadata["high"], item.name
    assert json.loads(Config().to_json())["steps"] == AUTO


def test_a_budget_or_corpus_given_later_replaces_the_earlier_one() -> None:
    config = Config(data="folder", minutes=3.0)
    changed = config.overlaid({"steps": 7, "tsv": "file"})
    assert (changed.steps, changed.minutes, changed.tsv, changed.data) == (7, AUTO, "file", "")
    assert config.overlaid({"seed": 4}) == config.with_changes(seed=4)
    with pytest.raises(SeqtransError, match="minutes and steps"):
        config.overlaid({"steps": 7, "minutes": 2.0})

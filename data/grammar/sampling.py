"""Sampling: patterns and scenes in turn, until every length has its share and nothing dominates."""

import random
import re
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from . import (
    patterns_adverbs,
    patterns_chains,
    patterns_commands,
    patterns_compare,
    patterns_degree,
    patterns_embedded,
    patterns_exchanges,
    patterns_facts,
    patterns_linked,
    patterns_questions,
    patterns_relative,
    patterns_routines,
    patterns_simple,
    patterns_time,
)
from .amounts import NUMERALS, TENS
from .frames import Scene, book
from .maker import Maker, Sentence
from .nounphrase import UnfitError
from .people import CITIES, COUNTRIES, MEN, SURNAMES, WOMEN
from .times import MONTHS, ORDINALS

SEED = 20_260
TRIES = 12
"""Draws of a pattern in a row before another one has its turn."""

MISSES = 20
"""After so many misses a pattern gives up a scene that never fitted."""

PATIENCE = 300
"""After so many sentences in a row that were not wanted a pattern is given up."""

SIGNATURE_SHARE = 0.035
SCENE_SHARE = 0.009
LENGTHS = ((2, 4, 0.08), (5, 7, 0.27), (8, 11, 0.28), (12, 16, 0.14), (17, 20, 0.06), (21, 45, 0.17))
"""Shares of the lengths, in German words."""

Pattern = Callable[[Maker, Scene], Sentence]


class Pair(NamedTuple):
    """A German sentence, its English translation, and the codes of what is difficult in it."""

    german: str
    english: str
    tags: tuple[str, ...]


PATTERNS: tuple[tuple[Pattern, float], ...] = (
    (patterns_simple.present, 10),
    (patterns_simple.past, 10),
    (patterns_simple.formerly, 2),
    (patterns_simple.since, 2),
    (patterns_simple.done, 3),
    (patterns_simple.frequent, 3),
    (patterns_simple.with_modal, 6),
    (patterns_simple.should_have, 2),
    (patterns_simple.passive, 26),
    (patterns_simple.liking, 3),
    (patterns_simple.attitude, 3),
    (patterns_simple.future, 2),
    (patterns_questions.already, 2),
    (patterns_questions.with_modal, 3),
    (patterns_questions.request, 3),
    (patterns_questions.offer, 3),
    (patterns_questions.asking_subject, 3),
    (patterns_commands.command, 9),
    (patterns_commands.dont_forget, 2),
    (patterns_commands.with_reason, 2),
    (patterns_commands.in_case, 3),
    (patterns_compare.quality, 5),
    (patterns_compare.comparison, 4),
    (patterns_compare.superlative, 3),
    (patterns_compare.asked, 1.5),
    (patterns_compare.changing, 1),
    (patterns_compare.too_much, 1),
    (patterns_linked.reason, 10),
    (patterns_linked.condition, 5),
    (patterns_linked.unreal, 5),
    (patterns_linked.purpose, 9),
    (patterns_time.meanwhile, 4),
    (patterns_time.interrupted, 4),
    (patterns_embedded.indirect, 2),
    (patterns_embedded.with_zu, 9),
    (patterns_relative.described_person, 4),
    (patterns_relative.judged, 5),
    (patterns_routines.listed, 8),
    (patterns_routines.counted, 7),
    (patterns_routines.following, 6),
    (patterns_routines.planned, 5),
    (patterns_routines.told, 6),
    (patterns_routines.commanded, 3),
    (patterns_chains.timed_reason, 8),
    (patterns_chains.wanted, 7),
    (patterns_chains.invited, 9),
    (patterns_chains.told_reason, 9),
    (patterns_exchanges.refused, 4),
    (patterns_exchanges.explained, 3),
    (patterns_exchanges.advised, 3),
    (patterns_exchanges.who_did, 2),
    (patterns_adverbs.again, 2.5),
    (patterns_adverbs.together, 2.5),
    (patterns_adverbs.one_can, 4),
    (patterns_degree.so_that, 4),
    (patterns_degree.too_to, 3),
    (patterns_degree.the_more, 2),
    (patterns_facts.existence, 8),
    (patterns_facts.asked_place, 3),
    (patterns_facts.age, 1),
    (patterns_facts.birthday, 1),
    (patterns_facts.appointment, 3),
    (patterns_facts.price, 2),
    (patterns_facts.formula, 1),
)
FIGURATIVE = (
    patterns_simple.present,
    patterns_simple.past,
    patterns_linked.reason,
)
"""Patterns that may use idioms."""

NAME = re.compile(r"\b(?:" + "|".join((*WOMEN, *MEN, *SURNAMES, *CITIES, *COUNTRIES)) + r")\b")
NUMBER = re.compile(
    r"\b(?:\d+(?:\.\d+)?|ein|eins|"
    + "|".join(german for german, _ in (*NUMERALS, *TENS, *ORDINALS, *MONTHS))
    + r")\b"
)


class Sampler:
    """Draws distinct pairs and keeps count of what they are made of."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.rng = random.Random(SEED)
        self.maker = Maker(self.rng, book())
        self.pairs: list[Pair] = []
        self.seen: set[str] = set()
        """The keys of all sentences, German and English."""
        self.scenes: Counter[str] = Counter()
        self.signatures: Counter[str] = Counter()
        self.room = [round(share * count) for _, _, share in LENGTHS]
        self.room[2] += count - sum(self.room)
        scenes = self.maker.book.scenes
        plain = [scene for scene in scenes if not scene.frame.has("idiom")]
        self.fitting = {pattern: list(scenes if pattern in FIGURATIVE else plain) for pattern, _ in PATTERNS}
        """The scenes of each pattern, without those that never fitted it."""
        self.misses: Counter[tuple[Pattern, str]] = Counter()
        self.rejected: Counter[Pattern] = Counter()

    def run(self) -> list[Pair]:
        """Draw until there are enough. Raises RuntimeError if the grammar is too small for the count."""
        while len(self.pairs) < self.count:
            open_patterns = [
                (pattern, weight) for pattern, weight in PATTERNS if self.rejected[pattern] < PATIENCE
            ]
            if not open_patterns:
                raise RuntimeError(f"the grammar yields only {len(self.pairs)} distinct pairs")
            functions, weights = zip(*open_patterns, strict=True)
            for pattern in self.rng.choices(functions, weights, k=100):
                if len(self.pairs) < self.count:
                    self._draw(pattern)
        return self.pairs

    def _draw(self, pattern: Pattern) -> None:
        """Draw one sentence of a pattern, from scenes that fit it, and take it if there is room for it."""
        for _ in range(TRIES):
            scene = self._scene(pattern)
            try:
                sentence = pattern(self.maker, scene)
            except UnfitError:
                self._miss(pattern, scene)
                continue
            self.misses[pattern, scene.name] = -TRIES * PATIENCE
            if self._take(pattern, scene, sentence):
                self.rejected[pattern] = 0
                return
            self.rejected[pattern] += 1

    def _scene(self, pattern: Pattern) -> Scene:
        """Draw a scene, rather one that was seldom used."""
        scenes = self.fitting[pattern]
        return min(self.rng.choices(scenes, k=3), key=lambda scene: self.scenes[scene.name])

    def _miss(self, pattern: Pattern, scene: Scene) -> None:
        """Note that a scene did not fit; after some misses without a hit the pattern leaves it alone."""
        self.misses[pattern, scene.name] += 1
        if self.misses[pattern, scene.name] == MISSES and len(self.fitting[pattern]) > 1:
            self.fitting[pattern] = [other for other in self.fitting[pattern] if other is not scene]

    def _take(self, pattern: Pattern, scene: Scene, sentence: Sentence) -> bool:
        """Take a sentence if it is new, its length is wanted, and nothing dominates."""
        bucket = bucket_of(sentence.german)
        keys = {f"de {distinct_key(sentence.german)}", f"en {sentence.english}"}
        own = not pattern.__module__.endswith(("compare", "facts", "routines"))
        if bucket is None or not self.room[bucket] or not self.seen.isdisjoint(keys):
            return False
        if self.signatures[sentence.signature] >= SIGNATURE_SHARE * self.count:
            return False
        if own and self.scenes[scene.name] >= SCENE_SHARE * self.count:
            return False
        self.seen |= keys
        self.room[bucket] -= 1
        self.signatures[sentence.signature] += 1
        if own:
            self.scenes[scene.name] += 1
        self.pairs.append(Pair(sentence.german, sentence.english, sentence.tags))
        return True


def generate(count: int) -> list[Pair]:
    """Return `count` distinct pairs, always the same ones."""
    return Sampler(count).run()


def bucket_of(german: str) -> int | None:
    """Return which of `LENGTHS` a sentence belongs to, None if it is too short or too long."""
    words = len(german.split())
    return next((number for number, (low, high, _) in enumerate(LENGTHS) if low <= words <= high), None)


def distinct_key(german: str) -> str:
    """Return the sentence without names and numbers: two pairs must differ in more than these."""
    return NUMBER.sub("0", NAME.sub("N", german)).lower()

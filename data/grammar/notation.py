"""The notation of the frames: one synchronous rule a line.

    adult: (in der Küche|auf dem Herd) [a dish] kochen = cook [1] (in the kitchen|on the stove) ; chore

Before the colon stands the subject. The German side is a verb phrase in the order of a subordinate clause,
verb last; the English side is the same phrase with the verb first. What the marks mean:

    [a dish]            a noun phrase: determiners, then noun classes or nouns; the English side calls it [1]
    [the|my Auto]       several determiners; [a Keks|bare Eis] several choices
    [the=my Hand]       "die" in German, "my" in English
    [a Suppe +heiß]     always with this adjective; [a Suppe -] never with one
    [the Tisch.d]       the case (n a d g); without one it follows from the preposition, else accusative
    (im Park|am See)    an adverbial that may be left out, here of place; (t: ...) is one of time, (x: ...) is
                        none of place although it looks like one; (!im Park) must be there
    sich, sich.d        the reflexive pronoun; English "myself" and "my" agree with the subject likewise
    ~                   where nicht stands, if not before the first prepositional or fixed part
    ^off                an English particle that follows a pronoun (turn it off, turn off the light)

Behind the semicolon stand aspect (act if none is named), traits, scenes, and parts of the day or year.
Indented lines hold what goes well with the frame: reasons, obstacles, purposes (see `frames`).
"""

import re
from dataclasses import dataclass
from typing import NamedTuple, cast

from .declension import (
    ACCUSATIVE_PREPOSITIONS,
    DATIVE_PREPOSITIONS,
    GENITIVE_PREPOSITIONS,
    TWO_WAY_PREPOSITIONS,
    Case,
)
from .tables import Line
from .words import lexicon

PERSON_KINDS = ("person", "adult", "child")
REFERENCES = ("S", "R", "city", "country", "1", "2")
"""Names in slots that are no nouns: the subject, a relative pronoun, a place, an earlier slot."""
CASE_LETTERS: dict[str, Case] = {"n": "nom", "a": "acc", "d": "dat", "g": "gen"}
DETERMINERS = "a the my all bare thes mys bares list stuff whose cup glass bottle piece".split()
"""Those in s are plural; stuff is plural for things that can be counted and bare for others."""

ASPECTS = ("act", "event", "state", "sched")
TOKEN = re.compile(r"\[[^\]]*\]|\(!?(?:\w+:)?|\)|\||[^\s()\[\]|]+")
SLOT = re.compile(r"^(?P<choices>[^.+]+?)(?:\.(?P<case>[nadg]))?(?: (?P<adj>[+-].*))?$")
LOCATIVE = re.compile(r"(?:im?n?|am?n?|auf|unter|vor|hinter|neben|über|zwischen|bei|zu Hause)\b")
FIXED_NEGATION = re.compile(r"\b(?:nicht|nichts|nie|kein\w*)\b")


class Choice(NamedTuple):
    """One way to fill a slot: a determiner, the English one if it differs, classes or nouns."""

    german: str
    english: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Slot:
    """A place for a noun phrase on the German side."""

    index: int
    choices: tuple[Choice, ...]
    case: Case
    preposition: str
    adjectives: tuple[str, ...] | None
    """None = any that fits, () = none."""


@dataclass(frozen=True)
class Text:
    """Fixed words; on the German side they belong to the predicate."""

    words: str


@dataclass(frozen=True)
class Mark:
    """The place of nicht ("~") or a reflexive pronoun ("sich", "sich.d")."""

    sign: str


@dataclass(frozen=True)
class Ref:
    """A slot on the English side; [1's] is its genitive (Anna's), [1p] its possessive (her)."""

    index: int
    form: str = ""


Item = Slot | Text | Mark | Ref


@dataclass(frozen=True)
class Group:
    """An adverbial: its kind ("wo" place, "t" time, "x" other), its variants, whether it must be there."""

    kind: str
    variants: tuple[tuple[Item, ...], ...]
    required: bool


@dataclass(frozen=True)
class Frame:
    """One rule: subject, German verb phrase, English verb phrase, and what is known of its use."""

    place: str
    subject: Slot | None
    """None: the subject is es."""
    german: tuple[Item | Group, ...]
    verb: str
    english_subject: tuple[Item, ...]
    """Empty: the subject of both languages is the same."""
    english: tuple[Item | Group, ...]
    aspect: str
    options: tuple[str, ...]
    negated: bool

    @property
    def is_negative(self) -> bool:
        """Tell whether fixed words negate the German side (nichts finden)."""
        return any(
            isinstance(item, Text) and FIXED_NEGATION.search(item.words) for item in flatten(self.german)
        )

    def has(self, option: str) -> bool:
        """Tell whether an option is set."""
        return option in self.options


def parse_frame(line: Line) -> Frame:
    """Parse one rule. Raises ValueError with the place of a fault."""
    try:
        rule, _, options = line.text.removesuffix(" ;").partition(" ; ")
        left, _, right = rule.partition(" = ")
        subject, _, german = left.partition(": ")
        words = tuple(options.split())
        slots: list[Slot] = []
        german_items = _parse_side(german, slots)
        *items, last = german_items
        if not isinstance(last, Text):
            raise ValueError("the German side does not end in a verb")
        *before, verb = last.words.split(" ")
        if before:
            items.append(Text(" ".join(before)))
        if verb not in lexicon().verbs:
            raise ValueError(f"the verb {verb} is not in the lexicon")
        head, colon, rest = right.partition(": ")
        english_subject = _parse_side(head, None) if colon else []
        english = _parse_side(rest if colon else right, None)
        _check(german_items, [*english_subject, *english])
        if "not" in words and FIXED_NEGATION.search(german):
            raise ValueError("the option not adds nicht, but the German side has a negation already")
        return Frame(
            line.place,
            _parse_subject(subject),
            tuple(items),
            verb,
            tuple(item for item in english_subject if not isinstance(item, Group)),
            tuple(english),
            next((word for word in words if word in ASPECTS), "act"),
            words,
            "not" in words,
        )
    except ValueError as fault:
        raise ValueError(f"{line.place}: {fault}: {line.text}") from fault


def _parse_subject(text: str) -> Slot | None:
    if text in ("es", "it"):
        return None
    return _parse_slot(text, 0, "nom", "")


def _parse_side(text: str, slots: list[Slot] | None) -> list[Item | Group]:
    """Parse one side; `slots` collects the slots of the German side, None means the English side."""
    result: list[Item | Group] = []
    items: list[Item] = []
    variants: list[tuple[Item, ...]] = []
    kind = ""
    tokens = TOKEN.findall(text)
    for token in tokens:
        if token.startswith("("):
            result.extend(items)
            items, variants, kind = [], [], token[1:]
        elif token == "|":
            variants.append(tuple(items))
            items = []
        elif token == ")":
            variants.append(tuple(items))
            label = kind.strip("!:")
            result.append(Group(label or _group_kind(variants), tuple(variants), kind.startswith("!")))
            items, variants, kind = [], [], ""
        elif token.startswith("[") and slots is not None:
            preposition = _take_preposition(items)
            slot = _parse_slot(token[1:-1], len(slots) + 1, _case_after(preposition), preposition)
            slots.append(slot)
            items.append(slot)
        elif token.startswith("["):
            form = {"'s]": "owner", "1p]": "pronoun"}.get(token[-3:], "")
            items.append(Ref(int(token[1]) if token[1].isdigit() else 0, form))
        elif slots is not None and token in ("~", "sich", "sich.d"):
            items.append(Mark(token))
        elif items and isinstance(items[-1], Text):
            items[-1] = Text(f"{items[-1].words} {token}")
        else:
            items.append(Text(token))
    result.extend(items)
    return result


def _group_kind(variants: list[tuple[Item, ...]]) -> str:
    """Return the kind of a group that names none: "wo" if all variants look like places, else "x"."""
    first = [variant[0] for variant in variants]
    places = all(isinstance(item, Text) and LOCATIVE.match(item.words) for item in first)
    return "wo" if places else "x"


def _take_preposition(items: list[Item]) -> str:
    """Remove a preposition from the end of the fixed words and return it."""
    if not items or not isinstance(items[-1], Text):
        return ""
    before, _, word = items[-1].words.rpartition(" ")
    if word not in (
        *DATIVE_PREPOSITIONS,
        *ACCUSATIVE_PREPOSITIONS,
        *TWO_WAY_PREPOSITIONS,
        *GENITIVE_PREPOSITIONS,
    ):
        return ""
    items.pop()
    if before:
        items.append(Text(before))
    return word


def _case_after(preposition: str) -> str:
    """Return the case that a preposition governs, "two-way" where the slot must say it."""
    if preposition in DATIVE_PREPOSITIONS:
        return "dat"
    if preposition in GENITIVE_PREPOSITIONS:
        return "gen"
    return "two-way" if preposition in TWO_WAY_PREPOSITIONS else "acc"


def _parse_slot(text: str, index: int, case: str, preposition: str) -> Slot:
    match = SLOT.match(text)
    if not match:
        raise ValueError(f"[{text}] is no slot")
    if match["case"]:
        case = CASE_LETTERS[match["case"]]
    if case == "two-way":
        raise ValueError(f"[{text}] needs a case after {preposition}")
    choices = _parse_choices(match["choices"])
    for name in (name for choice in choices for name in choice.names):
        known = name in PERSON_KINDS or name in lexicon().nouns or name in lexicon().nouns_of
        if not known and name not in REFERENCES:
            raise ValueError(f"[{text}] names the unknown class {name}")
    adjectives = None
    if match["adj"]:
        adjectives = tuple(match["adj"][1:].split(",")) if match["adj"].startswith("+") else ()
        if unknown := [word for word in adjectives if word not in lexicon().adjectives]:
            raise ValueError(f"[{text}] names the unknown adjective {unknown[0]}")
    return Slot(index, choices, cast(Case, case), preposition, adjectives)


def _parse_choices(text: str) -> tuple[Choice, ...]:
    """Parse "a dish", "the|my Auto", "a snack|stuff berry"; a lone determiner shares the names behind it."""
    choices: list[Choice] = []
    for piece in reversed(text.split("|")):
        determiner, space, names = piece.rpartition(" ")
        if choices and not space:
            determiner, names = names, "/".join(choices[-1].names)
        german, _, english = (determiner or "a").partition("=")
        if german not in DETERMINERS:
            raise ValueError(f"the determiner {german} is unknown")
        choices.append(Choice(german, english, tuple(names.split("/"))))
    return tuple(reversed(choices))


def _check(german: list[Item | Group], english: list[Item | Group]) -> None:
    """Compare the two sides: as many groups with as many variants, no reference to a missing slot."""
    left = [len(item.variants) for item in german if isinstance(item, Group)]
    right = [len(item.variants) for item in english if isinstance(item, Group)]
    if left != right:
        raise ValueError(f"groups {left} do not match groups {right}")
    slots = {item.index for item in flatten(german) if isinstance(item, Slot)}
    refs = {item.index for item in flatten(english) if isinstance(item, Ref)} - {0}
    if not refs <= slots:
        raise ValueError(f"the English side names {sorted(refs - slots)}")


def flatten(items: list[Item | Group] | tuple[Item | Group, ...]) -> list[Item]:
    """Return all items, those of groups included."""
    result: list[Item] = []
    for item in items:
        if isinstance(item, Group):
            for variant in item.variants:
                result.extend(variant)
        else:
            result.append(item)
    return result

"""Filling of frames: slots become noun phrases, adverbials are taken or left, both sides in step.

The result keeps the parts of each side apart, because word order is the business of `german_order` and
`english_order`.
"""

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from . import people
from .amounts import MEASURES, enumeration, measured
from .conjugation import Verb
from .declension import PRONOUNS, Case, contract
from .notation import PERSON_KINDS, REFERENCES, Frame, Group, Item, Mark, Ref, Slot, Text
from .nounphrase import NounPhrase, UnfitError, build, genitive, is_pet, pronoun, pronoun_for
from .words import Noun, lexicon

ANY_VERBS = ("have", "need", "find", "get", "see", "buy", "there", "be", "catch")
"""English verbs whose negated object takes any: I don't have any milk; but: I don't drink coffee."""

LEADING = (
    "not",
    "always",
    "never",
    "often",
    "still",
    "finally",
    "just",
    "only",
    "really",
    "already",
    "also",
    "even",
)
"""What may stand before the verb on an English side."""

ADJECTIVE_CHANCE = 0.05
GENITIVE_CHANCE = 0.2
ONE_EACH = frozenset(
    "bodypart clothing headwear schoolthing bike phone losable bag umbrella glasses watch".split()
)
"""Classes of nouns of which everybody has one, so that several people have not one of them."""

OWNED = frozenset("car bike house garden pet instrument".split())
"""Classes of nouns that somebody in the family may own."""


@dataclass(frozen=True)
class Part:
    """A constituent of the German side: text, and the phrase in it if it is a slot."""

    kind: str
    """"slot", "text", "negation" or "reflexive"."""
    german: str
    index: int = 0
    case: Case = "acc"
    preposition: str = ""
    phrase: NounPhrase | None = None
    group: int = -1
    group_kind: str = ""

    @property
    def is_bare(self) -> bool:
        """Tell whether the part is an object without preposition."""
        return self.kind == "slot" and not self.preposition and self.group < 0

    @property
    def tags(self) -> tuple[str, ...]:
        """Return the tags of the phrase and of its case and preposition."""
        return self.phrase.tags if self.phrase else ()


@dataclass(frozen=True)
class EnglishPart:
    """A stretch of the English side; `index` is its slot (0 = fixed text or the subject)."""

    text: str
    index: int = 0
    phrase: NounPhrase | None = None


@dataclass(frozen=True)
class Filled:
    """A frame with all its choices made."""

    frame: Frame
    verb: Verb
    german: tuple[Part, ...]
    english: tuple[EnglishPart, ...]
    english_verb: str
    english_subject: tuple[EnglishPart, ...]
    reflexive: bool
    kein: bool
    """The negation is already in a noun phrase."""
    english_adverbs: tuple[str, ...] = ()
    english_negated: bool = False
    """Only English negates the verb (nichts finden, not find anything)."""

    def phrase(self, index: int) -> NounPhrase | None:
        """Return the phrase in a slot, None if its adverbial was left out."""
        return next(
            (part.phrase for part in self.german if part.index == index and part.kind == "slot"), None
        )

    @property
    def nominative(self) -> NounPhrase | None:
        """Return the slot that the German verb agrees with where it is not the subject."""
        return next(
            (
                part.phrase
                for part in self.german
                if part.kind == "slot" and part.case == "nom" and part.is_bare
            ),
            None,
        )


class Filler:
    """Fills the slots of one frame for one subject."""

    def __init__(
        self,
        rng: random.Random,
        frame: Frame,
        subject: NounPhrase,
        *,
        given: Mapping[int, NounPhrase] | None = None,
        references: Mapping[str, NounPhrase] | None = None,
        others: Collection[NounPhrase] = (),
        group_chance: float = 0.5,
        groups: Collection[str] = (),
        negated: bool = False,
    ) -> None:
        """Prepare; `given` fixes slots, `references` says what S, 1, 2 stand for in a linked clause.

        `groups` names the kinds of adverbials that must be taken.
        """
        self.rng = rng
        self.frame = frame
        self.subject = subject
        self.given = dict(given or {})
        self.references = references or {}
        self.others = [*others, subject]
        self.group_chance = group_chance
        self.groups = groups
        self.negated_slot = self._slot_for_kein() if negated else 0
        self.plain = bool(self.references)
        """No adjective of one's own choice."""

    def fill(self) -> Filled:
        """Return the filled frame. Raises `UnfitError` if a slot cannot be filled."""
        german: list[Part] = []
        choices: list[int] = []
        reflexive = False
        for item in self.frame.german:
            if isinstance(item, Group):
                choices.append(self._choose_variant(item))
                if choices[-1] >= 0:
                    number = len(choices) - 1
                    inner = (self._part(item_) for item_ in item.variants[choices[-1]])
                    german.extend(replace(part, group=number, group_kind=item.kind) for part in inner)
            else:
                reflexive = reflexive or (isinstance(item, Mark) and item.sign.startswith("sich"))
                german.append(self._part(item))
        phrases = {part.index: part.phrase for part in german if part.phrase}
        verb, *english = self._english(self.frame.english, phrases, choices)
        leading, first, rest = _split_head(verb.text)
        if rest:
            english.insert(0, EnglishPart(rest))
        return Filled(
            self.frame,
            lexicon().verbs[self.frame.verb],
            tuple(german),
            tuple(english),
            first,
            tuple(self._english(self.frame.english_subject, phrases, choices)),
            reflexive,
            bool(self.negated_slot),
            tuple(word for word in leading if word != "not"),
            "not" in leading,
        )

    def _choose_variant(self, group: Group) -> int:
        """Return the number of the variant to take, -1 to leave the adverbial out."""
        if group.required or group.kind in self.groups:
            return self.rng.randrange(len(group.variants))
        return self.rng.randrange(len(group.variants)) if self.rng.random() < self.group_chance else -1

    def _slot_for_kein(self) -> int:
        """Return the index of the object that kein can negate, 0 if there is none."""
        for item in self.frame.german:
            if isinstance(item, Slot) and not item.preposition and item.case in ("acc", "nom"):
                if item.index in self.given or item.choices[0].names[0] in (*PERSON_KINDS, *REFERENCES):
                    return 0
                if all(choice.german in ("a", "bare", "bares", "stuff") for choice in item.choices):
                    return item.index
        return 0

    def _part(self, item: Item) -> Part:
        if isinstance(item, Text):
            return Part("text", item.words)
        if isinstance(item, Mark):
            if item.sign == "~":
                return Part("negation", "")
            if not self.subject.can_own:
                raise UnfitError("no reflexive")
            number = 1 if item.sign.endswith(".d") else 0
            return Part(
                "reflexive", PRONOUNS[self.subject.person].reflexive[number], case="dat" if number else "acc"
            )
        assert isinstance(item, Slot)
        phrase = self.given.get(item.index) or self._phrase(item)
        self.others.append(phrase)
        text = phrase.case(item.case)
        if item.preposition:
            text = contract(item.preposition, text) if phrase.noun else f"{item.preposition} {text}"
        return Part("slot", text, item.index, item.case, item.preposition, phrase)

    def _phrase(self, slot: Slot) -> NounPhrase:
        """Draw a noun phrase for a slot."""
        choice = self.rng.choice(slot.choices)
        name = choice.names[0]
        if name in self.references:
            return self.references[name]
        if name in ("S", "1", "2", "R"):
            raise UnfitError(f"nothing to refer to with {name}")
        if name in PERSON_KINDS:
            return people.draw(
                self.rng,
                name,
                owner=self._relatives_owner(),
                others=self.others,
                role="object",
                pronouns=people.DATIVE_OBJECTS if slot.case == "dat" else people.OBJECTS,
            )
        if name in ("city", "country"):
            german = self.rng.choice(people.CITIES if name == "city" else people.COUNTRIES)
            text = people.PLACES[german]
            return NounPhrase((german,) * 4, text, "es", "name", "n", german, tags=("name",))
        determiner, english_determiner = choice.german, choice.english
        if determiner == "my" and all(each.startswith("kin") for each in choice.names):
            return people.relative_of(self.rng, self._owner(), choice.names)
        if determiner == "list":
            taken = self.rng.sample(nouns_named(choice.names), self.rng.choice((2, 2, 3)))
            return enumeration([self._build(noun, "stuff", "", slot) for noun in taken])
        noun = self.rng.choice(nouns_named(choice.names))
        if any(noun.key == other.lemma for other in self.others):
            raise UnfitError("the same noun twice")
        several = self.subject.agreement in ("wir", "ihr", "sie") and self.subject.person != "Sie"
        if determiner == "my" and several and not ONE_EACH.isdisjoint(noun.classes):
            raise UnfitError("one each")
        if determiner in MEASURES:
            return measured(determiner, noun)
        if slot.index == self.negated_slot:
            english_determiner = self._any(determiner, noun)
            several = determiner == "bares" or (determiner == "stuff" and not noun.is_mass)
            determiner = "nos" if several else "no"
        return self._build(noun, determiner, english_determiner, slot)

    def _any(self, determiner: str, noun: Noun) -> str:
        """Return the English determiner for a German kein."""
        verb = self.frame.english[0]
        first = verb.words.split(" ")[0] if isinstance(verb, Text) else ""
        several = noun.is_mass or determiner != "a" or noun.gender == "p"
        if noun.number == "one" or not several:
            return "a"
        return "any" if first in ANY_VERBS else "bares"

    def _build(self, noun: Noun, determiner: str, english_determiner: str, slot: Slot) -> NounPhrase:
        if determiner == "stuff":
            determiner = "bare" if noun.is_mass else "bares"
        common = determiner in ("my", "mys") or self.frame.has("noadj") or self.plain or self.negated_slot
        if slot.index == self.negated_slot or (slot.adjectives is None and common):
            adjective = None
        elif slot.adjectives is None:
            adjective = people.with_adjective(self.rng, noun, ADJECTIVE_CHANCE)
        else:
            adjective = lexicon().adjectives[self.rng.choice(slot.adjectives)] if slot.adjectives else None
        if (
            determiner == "the"
            and not english_determiner
            and slot.adjectives != ()
            and self.rng.random() < GENITIVE_CHANCE
        ):
            return self._owned(noun)
        return build(noun, determiner, adjective, owner=self._owner(), english_determiner=english_determiner)

    def _owned(self, noun: Noun) -> NounPhrase:
        """Build a phrase with a genitive: das Fahrrad meiner Schwester, Annas Fahrrad."""
        if OWNED.isdisjoint(noun.classes) or self.references:
            raise UnfitError("nobody's")
        if self.rng.random() < 0.4:
            owner = people.name(self.rng)
        else:
            owner = people.relative_of(self.rng, pronoun("ich"), ("kin", "kin-group"))
        if any(owner.lemma == other.lemma for other in self.others):
            raise UnfitError("the owner twice")
        return genitive(noun, owner)

    def _relatives_owner(self) -> NounPhrase:
        """Return whose family an object may come from: things have none, so it is the speaker's."""
        noun = self.subject.noun
        outside = noun is not None and (not noun.is_person or "job" in noun.classes)
        return pronoun("ich") if outside else self._owner()

    def _owner(self) -> NounPhrase:
        """Return whose "my" it is: the subject's, or the speaker's if there is none to refer to."""
        if self.subject.can_own:
            return self.subject
        raise UnfitError("no owner")

    def _english(
        self, items: tuple[Item | Group, ...], phrases: dict[int, NounPhrase], choices: list[int]
    ) -> list[EnglishPart]:
        """Return the English parts that answer to the German choices."""
        result: list[EnglishPart] = []
        groups = 0
        for item in items:
            if isinstance(item, Group):
                if choices[groups] >= 0:
                    result += [self._english_part(each, phrases) for each in item.variants[choices[groups]]]
                groups += 1
            else:
                result.append(self._english_part(item, phrases))
        return result

    def _english_part(self, item: Item, phrases: dict[int, NounPhrase]) -> EnglishPart:
        if isinstance(item, Ref):
            phrase = phrases[item.index] if item.index else self.subject
            if item.form:
                return EnglishPart(owner_form(pronoun_for(phrase) if item.form == "pronoun" else phrase))
            return EnglishPart(phrase.english, item.index, phrase)
        assert isinstance(item, Text)
        words = item.words.split(" ")
        if "my" in words or "myself" in words:
            owner = self._owner()
            entry = PRONOUNS[owner.person]
            if owner.noun is not None and is_pet(owner.noun):
                entry = PRONOUNS[{"m": "er", "f": "sie"}.get(owner.gender, owner.person)]
            swap = {"my": entry.english_possessive, "myself": entry.english_reflexive}
            return EnglishPart(" ".join(swap.get(word, word) for word in words))
        return EnglishPart(item.words)


def _split_head(words: str) -> tuple[list[str], str, str]:
    """Split an English side into adverbs before the verb, the verb, and the rest."""
    leading: list[str] = []
    while words.partition(" ")[0] in LEADING:
        word, _, words = words.partition(" ")
        leading.append(word)
    verb, _, rest = words.partition(" ")
    return leading, verb, rest


def nouns_named(names: Collection[str]) -> list[Noun]:
    """Return the nouns of a row of classes and single nouns."""
    entries = lexicon()
    result: list[Noun] = []
    for name in names:
        result.extend([entries.nouns[name]] if name in entries.nouns else entries.nouns_of[name])
    return result


def owner_form(phrase: NounPhrase) -> str:
    """Return the English genitive of a phrase: Anna's, my parents', her."""
    if phrase.form == "pronoun":
        return PRONOUNS[phrase.person].english_possessive
    return phrase.english + ("'" if phrase.english_is_plural and phrase.english.endswith("s") else "'s")

"""The maker: draws subjects, fills frames and builds clauses for the sentence patterns.

Patterns say what they want (a tense, a moment, a question); the maker sees to it that subject, time and
frame go together, and refuses with `UnfitError` what does not.
"""

import random
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from . import english_order, german_order, people, tags, times
from .clauses import Clause, Modal, Moment, Tense
from .filling import Filled, Filler, nouns_named
from .frames import Book
from .notation import PERSON_KINDS, Frame, Slot
from .nounphrase import NounPhrase, UnfitError, build, pronoun, pronoun_for
from .text import sentence
from .words import Adverbial, lexicon

BARE = re.compile(
    r"(?<!für )(?<!in )(?<!mit )(?<!auf )\beine?n?\b"
    r"|^(?!Ski|Rad|Schlitten|Auto|Bescheid|Glück)[A-ZÄÖÜ][a-zäöüß]+$"
)
"""Fixed words that nicht does not go with: an indefinite article, a bare noun (Angst haben)."""

AMBIGUOUS = re.compile(r"(?:sie|ihnen|ihr(?:e|en|em|er|es)?)$")
"""What cannot be told from a polite form where a sentence begins."""


class Sentence(NamedTuple):
    """A finished pair: both texts, tags, and the order of constituents as its signature."""

    german: str
    english: str
    tags: tuple[str, ...]
    signature: str


NO_PERFECT = ("sein", "haben", "können", "müssen", "dürfen", "wollen", "mögen", "lassen")
"""Verbs that nearly always stand in the Präteritum."""

NARRATED = ("du", "ihr", "Sie")
"""Whom one does not tell in the Präteritum what they did."""


class Maker:
    """Builds clauses from frames with one source of chance."""

    def __init__(self, rng: random.Random, book: Book) -> None:
        self.rng = rng
        self.book = book

    def chance(self, probability: float) -> bool:
        """Tell whether something with this probability happens."""
        return self.rng.random() < probability

    def subject(
        self,
        frame: Frame,
        *,
        pronouns: Collection[str] = people.STATEMENT,
        references: Mapping[str, NounPhrase] | None = None,
        others: Collection[NounPhrase] = (),
        kind: str = "statement",
    ) -> NounPhrase:
        """Draw the subject of a frame; in a linked clause `references` says who S is."""
        slot = frame.subject
        if slot is None:
            return pronoun("es")
        choice = self.rng.choice(slot.choices)
        name = choice.names[0]
        if name == "person" and "/work.txt" in frame.place:
            name = "adult"
        if references and name in references:
            return pronoun_for(references[name])
        owner = (references or {}).get("S") or people.speaker(self.rng, kind)
        if name in PERSON_KINDS:
            allowed = [key for key in pronouns if not (frame.has("nodu") and key in NARRATED)]
            phrase = people.draw(
                self.rng,
                name,
                owner=owner,
                others=others,
                role="subject",
                pronouns=allowed or people.STATEMENT,
            )
            _check_dative(slot, phrase)
            if frame.has("single") and phrase.person in ("wir", "ihr", "they"):
                raise UnfitError("only one person")
            return phrase
        if name in ("S", "1", "2", "R"):
            raise UnfitError(f"nothing to refer to with {name}")
        if choice.german == "my" and all(each.startswith("kin") for each in choice.names):
            return people.relative_of(self.rng, owner, choice.names)
        noun = self.rng.choice(nouns_named(choice.names))
        if any(noun.key == other.lemma for other in others):
            raise UnfitError("the same noun twice")
        several = owner.agreement in ("wir", "ihr", "sie") and owner.person != "Sie"
        if choice.german == "my" and several and not {"bike", "phone"}.isdisjoint(noun.classes):
            raise UnfitError("one each")
        adjective = lexicon().adjectives[self.rng.choice(slot.adjectives)] if slot.adjectives else None
        return build(noun, choice.german, adjective, owner=owner, english_determiner=choice.english)

    def subject_as(self, frame: Frame, key: str) -> NounPhrase:
        """Return a pronoun as the subject, if the frame is about people and may speak of them so."""
        name = frame.subject.choices[0].names[0] if frame.subject else ""
        if (
            name not in PERSON_KINDS
            or (frame.has("nodu") and key != "ich")
            or (name == "child" and key == "Sie")
        ):
            raise UnfitError("not addressed")
        tag = {"du": "du", "ihr": "du", "Sie": "sie"}.get(key)
        return pronoun(key, (tag,) if tag else ())

    def clause(
        self,
        frame: Frame,
        subject: NounPhrase,
        *,
        tense: Tense = "present",
        moment: Moment = "none",
        modal: Modal = "",
        negated: bool = False,
        kein: bool = True,
        bare: bool = False,
        given: Mapping[int, NounPhrase] | None = None,
        references: Mapping[str, NounPhrase] | None = None,
        others: Collection[NounPhrase] = (),
        groups: Collection[str] = (),
        group_chance: float = 0.45,
    ) -> Clause:
        """Fill a frame and build a clause.

        `kein` says whether a negation may use kein, `bare` that nicht may stand before an indefinite object.
        """
        minus = negated != frame.negated
        self._check(frame, subject, tense, modal, minus)
        filled = Filler(
            self.rng,
            frame,
            subject,
            given=given,
            references=references,
            others=others,
            group_chance=0.0 if minus and not groups else group_chance,
            groups=groups,
            negated=minus and kein,
        ).fill()
        _check_phrases(subject, filled)
        clause = Clause(subject, filled, tense, moment, modal, minus)
        if minus and not filled.kein and not bare:
            if clause.has_new_object:
                raise UnfitError("nicht before an indefinite object")
            fixed = [part.german for part in filled.german if part.kind == "text" and part.group < 0]
            if any(BARE.search(words) for words in fixed):
                raise UnfitError("nicht before ein")
        return clause

    def link(
        self,
        frame: Frame,
        main: Clause,
        *,
        tense: Tense = "present",
        moment: Moment = "none",
        negated: bool = False,
        full: bool = False,
    ) -> Clause:
        """Build a clause that goes with a main clause; S, 1 and 2 refer to it.

        `full` names the subject in full, because the linked clause comes first.
        """
        references = _references(frame, main)
        others = [main.subject, *(part.phrase for part in main.filled.german if part.phrase)]
        slot = frame.subject
        name = slot.choices[0].names[0] if slot else ""
        if name == "S" and not main.subject.can_own:
            raise UnfitError("nobody to say it of")
        if slot and name == "S" and full:
            subject = main.subject
            _check_dative(slot, subject)
        else:
            subject = self.subject(frame, references=references, others=[] if name == "S" else others)
        if _may_be_mistaken(name, subject, main):
            raise UnfitError("which of the two?")
        inner = {
            key: pronoun_for(phrase) if key == "S" else phrase
            for key, phrase in references.items()
            if phrase.can_own
        }
        return self.clause(
            frame,
            subject,
            tense=tense,
            moment=moment,
            negated=negated,
            references=inner,
            others=others,
            group_chance=0.25,
        )

    def timed(self, clause: Clause, moment: Moment, chance: float = 1.0) -> Clause:
        """Add a phrase of time to a clause, perhaps with the hour."""
        if not self.chance(chance):
            return clause
        frame = clause.filled.frame
        if frame.has("notime"):
            raise UnfitError("a time already")
        if any(part.group_kind == "t" for part in clause.filled.german):
            raise UnfitError("two times")
        if moment == "future" and not plannable(frame):
            raise UnfitError("nobody plans it")
        if moment == "future" and frame.has("small"):
            if clause.negated:
                raise UnfitError("not later")
            return replace(clause, times=(times.draw(self.rng, frame, "soon"),), moment=moment)
        if clause.modal == "sollen" and clause.tense == "konjunktiv":
            raise UnfitError("advice for no day")
        time = times.draw(self.rng, frame, moment, near=clause.negated)
        if (clause.negated or clause.modal) and moment == "past" and time.german.startswith("vor "):
            raise UnfitError("not at that time")
        dated = not clause.negated and not frame.has("weeks") and frame.has("clock") and not frame.has("long")
        if moment in ("future", "past") and dated and frame.has("plan") and self.chance(0.1):
            time = times.date(self.rng)
        if (
            moment in ("future", "habit", "past")
            and not times.parts_of(frame) & set(times.LENGTHS)
            and frame.has("clock")
            and not clause.negated
            and clause.modal != "wollen"
            and self.chance(0.6)
        ):
            hour = times.hour_of(self.rng, time) or times.clock(self.rng, frame)
            time = times.combined(time, hour) if _takes_hour(time) else hour
        return replace(clause, times=(time,), moment=moment)

    def fronts(self, clause: Clause) -> list[str]:
        """Return what may stand first: subject, time, adverbials, definite objects."""
        result = ["subject"]
        fronted = bool(clause.times) and "soon" not in clause.times[0].moments
        fronted = fronted and clause.times[0].german != "gerade"
        if fronted:
            result += ["time", "time"]
        if clause.attitude:
            result.append("attitude")
        for part in clause.filled.german:
            if clause.is_gap(part.index):
                continue
            if (
                part.kind == "slot"
                and part.is_bare
                and part.phrase
                and part.phrase.form == "definite"
                and part.case in ("acc", "dat")
                and not clause.negated
                and not clause.filled.reflexive
                and not part.phrase.owned
                and (part.case == "dat" or clause.subject.person in ("ich", "wir"))
            ):
                result.append(f"slot {part.index}")
            if part.group >= 0 and part.group_kind == "wo" and clause.subject.person == "man":
                result.append(f"group {part.group}")
        return list(dict.fromkeys(result)) + (["time"] if fronted else [])

    def plain_fronts(self, clause: Clause) -> list[str]:
        """Return what may stand first where another clause follows: no object."""
        return [front for front in self.fronts(clause) if not front.startswith("slot")]

    def refers_back(self, clause: Clause) -> bool:
        """Tell whether a linked clause mentions a slot of its main clause, so that it cannot come first."""
        return any(_mentions(clause.filled.frame, str(number)) for number in (1, 2))

    def state(self, clause: Clause, front: str = "subject") -> tuple[str, str, list[str], str]:
        """Return a statement in both languages with its tags and signature."""
        german, signature = german_order.main_clause(clause, front)
        english = english_order.statement(clause, front)
        inverted = ["inv"] if front != "subject" else []
        return german, english, [*tags.of_clause(clause), *inverted], signature

    def finish(
        self, german: str, english: str, tag_list: Iterable[str], signature: str, mark: str = "."
    ) -> Sentence:
        """Return the sentence with capital, end mark and final tags."""
        first, other = german.partition(" ")[0].lower(), english.partition(" ")[0].lower()
        if AMBIGUOUS.match(first) and not other.startswith(("she", "you", "yes")):
            raise UnfitError("they or you?")
        left, right = sentence([german], mark), sentence([english], mark)
        return Sentence(left, right, tags.finish(tag_list), signature)

    def _check(self, frame: Frame, subject: NounPhrase, tense: Tense, modal: Modal, minus: bool) -> None:
        if modal and frame.subject is None:
            raise UnfitError("the weather wants nothing")
        if minus and frame.is_negative:
            raise UnfitError("a double negation")
        if frame.verb == "wehtun" and subject.agreement in ("wir", "ihr", "sie") and subject.person != "Sie":
            raise UnfitError("one body each")
        if frame.has("single") and subject.agreement in ("wir", "ihr", "sie") and subject.person != "Sie":
            raise UnfitError("only one person")
        if modal and (frame.has("nomodal") or frame.aspect == "event"):
            raise UnfitError("no modal verb")
        if tense == "perfect" and not modal and frame.verb in NO_PERFECT:
            raise UnfitError("no Perfekt")
        if tense in ("past", "perfect", "pluperfect") and frame.has("nopast"):
            raise UnfitError("no past")
        if (
            tense == "past"
            and not modal
            and subject.person in NARRATED
            and frame.verb not in ("sein", "haben")
        ):
            raise UnfitError("no Präteritum for the person spoken to")


def plannable(frame: Frame) -> bool:
    """Tell whether a clause of the frame may speak of the future."""
    if frame.aspect == "sched" or (frame.subject is None and frame.aspect == "act"):
        return True
    planned = any(frame.has(option) for option in ("plan", "chore", "fun", "promise", "clock"))
    if frame.has("weeks"):
        planned = False
    if frame.verb in ("sitzen", "liegen", "stehen", "warten", "schlafen", "suchen", "denken", "leben"):
        planned = frame.has("plan") or frame.has("us")
    return planned and frame.aspect == "act" and not frame.has("nofuture")


def _references(frame: Frame, main: Clause) -> dict[str, NounPhrase]:
    """Return who S, 1 and 2 are in a clause that is linked to a main clause."""
    references = {"S": main.subject} if main.subject.lemma != "es" else {}
    for number in (1, 2):
        phrase = main.filled.phrase(number)
        if phrase is not None:
            references[str(number)] = pronoun_for(phrase) if _mentions(frame, str(number)) else phrase
    return references


def _may_be_mistaken(name: str, subject: NounPhrase, main: Clause) -> bool:
    """Tell whether a pronoun may mean both the subject of a linked clause and that of its main clause."""
    named = main.filled.phrase(int(name)) if name in ("1", "2") else None
    if named is not None and (named.noun is None or named.noun.is_person):
        return named.gender == main.subject.gender
    same = subject.gender == main.subject.gender and subject.form != "pronoun"
    return same and main.subject.form == "pronoun" and main.subject.person in ("er", "sie", "they")


def _check_dative(slot: Slot, phrase: NounPhrase) -> None:
    """Refuse a subject in the dative that looks like a nominative."""
    if slot.case == "dat" and phrase.case("nom") == phrase.case("dat"):
        raise UnfitError("Anna ist langweilig says something else")


def _check_phrases(subject: NounPhrase, filled: Filled) -> None:
    """Refuse objects that do not go with the subject."""
    objects = [part.phrase for part in filled.german if part.phrase]
    names = [phrase.lemma for phrase in objects if phrase.form == "name"]
    if subject.form == "name" and any(name in subject.lemma for name in names):
        raise UnfitError("the same name twice")
    if subject.gender == "m" and any(phrase.lemma in ("Kleid", "Rock", "Bluse") for phrase in objects):
        raise UnfitError("rather for her")
    named = any(part.is_bare and part.phrase and part.phrase.form == "name" for part in filled.german)
    if named and subject.noun is not None and subject.form == "definite":
        raise UnfitError("my sister Anna?")


def _mentions(frame: Frame, name: str) -> bool:
    """Tell whether a linked frame refers to a slot of the main frame."""
    slots: list[Slot] = [item for item in frame.german if isinstance(item, Slot)]
    if frame.subject:
        slots.append(frame.subject)
    return any(choice.names[0] == name for slot in slots for choice in slot.choices)


def _takes_hour(time: Adverbial) -> bool:
    """Tell whether an hour may follow the phrase: morgen um acht, not nächstes Jahr um acht."""
    first = time.german.split(" ")[0]
    return first in ("morgen", "heute", "gestern", "am", "jeden", "samstags", "sonntags", "montags") and (
        "Ende" not in time.german and "Monat" not in time.german
    )

"""A clause before its words are ordered: subject, filled frame, tense, modal verb, adverbials.

Also the one place that decides which English form answers to which German one; it looks only at what
the German sentence shows (tense, time phrase, the verb of the frame), so that the same German always
gets the same English.
"""

from dataclasses import dataclass
from typing import Literal

from .filling import Filled
from .nounphrase import NounPhrase
from .words import Adverbial

Tense = Literal["present", "past", "perfect", "pluperfect", "future", "konjunktiv", "konjunktiv past"]
Moment = Literal["none", "now", "habit", "future", "past", "since", "formerly", "done", "while", "unreal"]
Modal = Literal["", "können", "müssen", "dürfen", "sollen", "wollen", "mögen"]
Liking = Literal["", "gern", "lieber", "am liebsten"]
Form = Literal[
    "present",
    "progressive",
    "past",
    "unreal",
    "past progressive",
    "perfect",
    "perfect progressive",
    "past perfect",
    "will",
    "would",
    "would have",
    "used to",
]


@dataclass(frozen=True)
class Clause:
    """Everything that both languages need to put a clause into words."""

    subject: NounPhrase
    filled: Filled
    tense: Tense = "present"
    moment: Moment = "none"
    modal: Modal = ""
    negated: bool = False
    passive: bool = False
    times: tuple[Adverbial, ...] = ()
    """Time phrases, those that stand first or last in English."""
    frequency: Adverbial | None = None
    """An adverb that stands before the English verb: often, never, already."""
    attitude: Adverbial | None = None
    """An adverb of the whole sentence: leider, vielleicht."""
    liking: Liking = ""
    ending: str = ""
    """The English word behind the rest for a German adverb: again, together."""
    gap: int = 0
    """A slot that is left out because it is the subject of a passive or a relative pronoun stands for it."""

    def is_gap(self, index: int) -> bool:
        """Tell whether a part, by the index of its slot, is left out."""
        return 0 < index == self.gap

    @property
    def dative_subject(self) -> bool:
        """Tell whether the German clause has its person in the dative (mir ist kalt)."""
        slot = self.filled.frame.subject
        return slot is not None and slot.case == "dat"

    @property
    def has_new_object(self) -> bool:
        """Tell whether the object is one that was not spoken of before (ein Buch)."""
        return any(
            part.is_bare and part.case == "acc" and part.phrase is not None and not part.phrase.is_definite
            for part in self.filled.german
        )


def english_form(clause: Clause) -> Form:
    """Return the English tense for a clause."""
    aspect = clause.filled.frame.aspect
    acting = aspect == "act" and not clause.modal and not clause.liking
    if clause.tense == "present":
        if clause.moment == "since":
            return "perfect progressive" if acting else "perfect"
        if clause.moment == "future" and not clause.modal and not clause.liking:
            if clause.attitude or any("soon" in (*time.moments, time.english) for time in clause.times):
                return "will"
            if aspect == "sched":
                return "progressive" if clause.negated else "present"
            return "progressive" if acting and _plans(clause) else "will"
        going_on = acting or aspect == "sched"
        return "progressive" if going_on and clause.moment in ("none", "now", "while") else "present"
    if clause.tense == "past":
        if clause.moment == "formerly":
            return "used to"
        if clause.moment == "unreal":
            return "unreal"
        return "past progressive" if acting and clause.moment in ("now", "while") else "past"
    if clause.tense == "perfect":
        if clause.moment == "formerly":
            return "used to"
        return "perfect" if clause.moment == "done" else "past"
    others: dict[Tense, Form] = {
        "pluperfect": "past perfect",
        "future": "will",
        "konjunktiv": "would",
        "konjunktiv past": "would have",
    }
    return others[clause.tense]


def _plans(clause: Clause) -> bool:
    """Tell whether the subject can plan: people can, machines and the weather cannot."""
    return (clause.subject.noun is None and clause.subject.person != "es") or (
        clause.subject.noun is not None and clause.subject.noun.is_person
    )

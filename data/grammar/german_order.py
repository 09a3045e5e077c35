"""German word order: one clause as main clause, question, subordinate clause, infinitive or command.

The middle field is built once, in the order subject, pronouns, time, attitude, definite objects, nicht,
the rest; the functions below only decide where the finite verb goes and what stands before it.
"""

from typing import NamedTuple

from . import conjugation
from .clauses import Clause
from .filling import Part
from .german_verbs import Cluster, cluster, infinitive
from .text import join


class Field(NamedTuple):
    """A constituent of the middle field: its label for the signature, its text."""

    label: str
    text: str
    key: str
    """What `front` names: "subject", "time", "attitude", "slot 1", "group 0"."""


def verbs_of(clause: Clause) -> Cluster:
    """Return the verb cluster, with the agreement that the clause asks for."""
    agreement = clause.subject.agreement
    nominative = clause.filled.nominative
    if clause.dative_subject:
        agreement = nominative.agreement if nominative else "er"
    return cluster(
        clause.filled.verb,
        agreement,
        clause.tense,
        clause.modal,
        passive=clause.passive,
        reflexive=clause.filled.reflexive,
    )


def subject_field(clause: Clause) -> Field:
    """Return the subject in its case (dative for mir ist kalt), with its relative clause."""
    text = clause.subject.case("dat" if clause.dative_subject else "nom")
    if clause.subject.relative:
        return Field("Sr", f"{text}, {clause.subject.relative.german},", "subject")
    return Field("S", text, "subject")


def fields(clause: Clause, *, with_subject: bool = True) -> list[Field]:
    """Return the middle field from left to right."""
    result = [subject_field(clause)] if with_subject else []
    parts = [part for part in clause.filled.german if not clause.is_gap(part.index)]
    pronouns = [_field(part) for part in sorted((p for p in parts if _is_pronoun(p)), key=_pronoun_rank)]
    if clause.subject.form == "pronoun":
        result += pronouns
    else:
        light = ("R", "d") if clause.subject.noun is not None else ("R",)
        result = [*(field for field in pronouns if field.label in light), *result]
        result += [field for field in pronouns if field.label not in light]
    middle = [Field("T", time.german, "time") for time in clause.times]
    if clause.frequency:
        adverb = Field("A", clause.frequency.german, "frequency")
        middle.insert(0 if adverb.text == "bitte" else len(middle), adverb)
    rest = [part for part in parts if not _is_pronoun(part)]
    first = [part for part in rest if part.is_bare and part.phrase and part.phrase.is_definite]
    if not all(_before_only_groups(rest, part) for part in first):
        first = []
    rest = [part for part in rest if part not in first]
    going_on = any(time.german == "gerade" for time in clause.times)
    early = [part for part in first if _is_somebody(part) and not going_on]
    result += [_field(part) for part in early]
    result += middle
    if clause.attitude:
        result.append(Field("A", clause.attitude.german, "attitude"))
    result += [_field(part) for part in first if part not in early]
    if clause.liking:
        text = f"nicht {clause.liking}" if clause.negated else clause.liking
        result.append(Field("A", text, "liking"))
    return result + _with_negation(clause, rest)


def main_clause(clause: Clause, front: str = "subject") -> tuple[str, str]:
    """Return a verb-second clause and its signature; `front` is the key of what stands first."""
    middle = fields(clause)
    first = [field for field in middle if field.key == front]
    if not first:
        raise ValueError(f"nothing to put first: {front}")
    rest = [field for field in middle if field.key != front]
    verbs = verbs_of(clause)
    words = [*_texts(first), verbs.finite, *_texts(rest), verbs.bracket]
    return join(words), _signature([*first[:1], "V", *rest, verbs.bracket])


def inverted(clause: Clause) -> tuple[str, str]:
    """Return a main clause without its first position, which another clause or an adverb fills."""
    return yes_no_question(clause)


def yes_no_question(clause: Clause) -> tuple[str, str]:
    """Return a verb-first question."""
    middle = fields(clause)
    verbs = verbs_of(clause)
    return join([verbs.finite, *_texts(middle), verbs.bracket]), _signature(["V", *middle, verbs.bracket])


def question(clause: Clause, asking: str, *, with_subject: bool = True) -> tuple[str, str]:
    """Return a question with a question word; without subject if that is what is asked for."""
    middle = fields(clause, with_subject=with_subject)
    verbs = verbs_of(clause)
    words = [asking, verbs.finite, *_texts(middle), verbs.bracket]
    return join(words), _signature([asking.split(" ")[0], "V", *middle, verbs.bracket])


def subordinate(clause: Clause, opening: str, *, with_subject: bool = True) -> tuple[str, str]:
    """Return a verb-last clause behind a conjunction, question word or relative pronoun."""
    middle = fields(clause, with_subject=with_subject)
    words = [opening, *_texts(middle), verbs_of(clause).final]
    return join(words), opening.split(" ")[0] + _signature([*middle, "V"])


def infinitive_clause(clause: Clause, opening: str = "", *, with_zu: bool = True) -> tuple[str, str]:
    """Return an infinitive clause: (um) ... zu kochen."""
    middle = fields(clause, with_subject=False)
    verb = infinitive(clause.filled.verb, with_zu=with_zu)
    return join([opening, *_texts(middle), verb]), f"{opening or 'zu'}{_signature([*middle, 'V'])}"


def command(clause: Clause, opening: str = "") -> tuple[str, str]:
    """Return an imperative for du, ihr or Sie, by the clause's subject."""
    verb = clause.filled.verb
    agreement = clause.subject.agreement
    form = conjugation.imperative(verb, agreement)
    pronoun = "Sie" if agreement == "sie" else ""
    middle = fields(clause, with_subject=False)
    words = [opening, form, pronoun, *_texts(middle), verb.prefix]
    return join(words), _signature([opening, "V", *middle, verb.prefix])


def _texts(middle: list[Field]) -> list[str]:
    return [field.text for field in middle]


def _is_pronoun(part: Part) -> bool:
    if part.kind == "reflexive":
        return True
    return part.is_bare and part.phrase is not None and part.phrase.form == "pronoun" and part.case != "nom"


def _is_object(part: Part) -> bool:
    """Tell whether a part is an object, which goes before nicht, also if it is fixed (den Schnee)."""
    fixed = (
        part.kind == "text"
        and part.group < 0
        and part.german.startswith(("den ", "die ", "das "))
        and part.german.count(" ") == 1
    )
    return part.is_bare or fixed


def _is_somebody(part: Part) -> bool:
    """Tell whether an object is a person: it goes before adverbs (Peter wieder, Anna morgen)."""
    return part.phrase is not None and (part.phrase.noun is None or part.phrase.noun.is_person)


def _pronoun_rank(part: Part) -> int:
    """Order pronouns: accusative before dative."""
    return 0 if part.case == "acc" else 1


def _before_only_groups(rest: list[Part], part: Part) -> bool:
    """Tell whether an object may move to the front: only adverbials or other objects precede it."""
    return all(other.group >= 0 or other.is_bare for other in rest[: rest.index(part)])


def _field(part: Part) -> Field:
    if part.kind == "reflexive":
        return Field("R", part.german, "reflexive")
    if part.group >= 0:
        return Field("P", part.german, f"group {part.group}")
    if part.kind == "text":
        return Field("F", part.german, "text")
    assert part.phrase is not None
    label = "P" if part.preposition else {"acc": "O", "dat": "D", "nom": "N", "gen": "G"}[part.case]
    if part.phrase.form == "pronoun" and not part.preposition:
        label = label.lower()
    return Field(label, part.german, f"slot {part.index}")


def _with_negation(clause: Clause, rest: list[Part]) -> list[Field]:
    """Return the rest of the middle field with nicht in its place."""
    nicht = clause.negated and not clause.filled.kein and not clause.liking
    result = [_field(part) for part in rest if part.kind != "negation"]
    if nicht:
        marked = [number for number, part in enumerate(rest) if part.kind == "negation"]
        behind_objects = [number + 1 for number, part in enumerate(rest) if _is_object(part)]
        result.insert(marked[0] if marked else max(behind_objects, default=0), Field("n", "nicht", "nicht"))
    return result


def _signature(items: list["Field | str"]) -> str:
    """Return the order of constituents as a string of labels."""
    labels = []
    for item in items:
        if isinstance(item, Field):
            labels.append(item.label)
        elif item:
            labels.append("x" if item[0].islower() else item)
    return " ".join(labels)

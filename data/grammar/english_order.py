"""English word order: subject, auxiliary, adverb, verb, the frame's own order, time.

Mirrors `german_order`: a statement, a question, a command, an infinitive or a form in -ing. A German
time phrase in front stays in front; everything else that German puts first goes to its English place.
"""

import re
from collections.abc import Sequence

from . import english
from .clauses import Clause, english_form
from .english_verbs import VerbGroup, contract, do_support, modal_group, negated, plain_group
from .filling import EnglishPart
from .nounphrase import NounPhrase
from .text import join
from .words import Adverbial

PREPOSITION = re.compile(
    r"^(?:in|at|on|after|before|during|for|from|since|until|around|without|because of|despite|with|instead of"
    r"|shortly|as|by|once|starting) "
)
FREE_FRONT = ("at the moment", "in the past")


def statement(clause: Clause, front: str = "", opening: str = "") -> str:
    """Return a statement; `front` names what German put first, "time" or "attitude" stay there."""
    pieces, last = _frame_of(clause, front)
    return join([opening, *pieces, *_predicate(clause, ""), *last])


def predicate_only(clause: Clause) -> str:
    """Return a statement without its subject, for a second verb with the same one."""
    subject = clause.subject.subject
    return statement(clause).removeprefix(f"{subject} ")


def yes_no_question(clause: Clause) -> str:
    """Return a question with the auxiliary first."""
    _, last = _frame_of(clause, "")
    return join([*_predicate(clause, "question"), *last])


def question(clause: Clause, asking: str, *, of_subject: bool = False) -> str:
    """Return a question with a question word; one that asks for the subject keeps the order."""
    _, last = _frame_of(clause, "")
    if of_subject:
        return join([*_predicate(clause, "subject", asking), *last])
    return join([*_predicate(clause, "question", asking), *last])


def command(clause: Clause, opening: str = "") -> str:
    """Return an imperative: Close the door. Don't wait."""
    _, last = _frame_of(clause, "")
    start = "don't" if clause.negated != clause.filled.english_negated else ""
    return join([opening, start, clause.filled.english_verb, rest_of(clause), *last])


def infinitive(clause: Clause, opening: str = "to") -> str:
    """Return an infinitive clause behind "to" (or nothing)."""
    _, last = _frame_of(clause, "")
    start = f"not {opening}" if clause.negated != clause.filled.english_negated else opening
    return join([start, clause.filled.english_verb, rest_of(clause), *last])


def gerund(clause: Clause) -> str:
    """Return the form in -ing with its complements."""
    _, last = _frame_of(clause, "")
    start = "not" if clause.negated != clause.filled.english_negated else ""
    return join([start, english.participle_ing(clause.filled.english_verb), rest_of(clause), *last])


def subject_of(clause: Clause) -> NounPhrase | None:
    """Return the English subject as a phrase, None if the frame has a fixed one (it, there)."""
    special = clause.filled.english_subject
    if clause.passive:
        return clause.filled.phrase(1)
    return special[-1].phrase if special else clause.subject


def rest_of(clause: Clause) -> str:
    """Return what follows the verb: the frame's English side without the gap."""
    parts = [part for part in clause.filled.english if not clause.is_gap(part.index)]
    return join([*_with_particles(parts), clause.ending])


def needs_comma(phrase: str) -> bool:
    """Tell whether an opening phrase of time is followed by a comma: prepositions yes, adverbs no."""
    return bool(PREPOSITION.match(phrase)) and phrase not in FREE_FRONT


def _frame_of(clause: Clause, front: str) -> tuple[list[str], list[str]]:
    """Return what stands before the subject and what stands last."""
    first: list[str] = []
    last: list[str] = []
    times = [time.english for time in clause.times]
    lasting = any("since" in time.moments for time in clause.times)
    maybe = clause.attitude is not None and clause.attitude.kind == "front"
    if times and front == "time" and not lasting and not maybe:
        phrase = " ".join(times)
        first.append(phrase + ("," if needs_comma(phrase) or len(times) > 1 else ""))
    else:
        last.extend(reversed(times))
    if clause.attitude and clause.attitude.kind == "front":
        first.insert(0, clause.attitude.english)
    if clause.liking == "am liebsten":
        first.insert(0, "most of all,")
    return first, last


def _predicate(clause: Clause, kind: str, asking: str = "") -> list[str]:
    """Return subject, verb group and complements of a statement or question."""
    subject = subject_of(clause)
    text, agreement = _subject_text(clause, subject)
    group = _verb_group(clause, agreement)
    frequency = clause.frequency.english if clause.frequency else ""
    negative = clause.negated != clause.filled.english_negated
    before = ""
    if clause.attitude and clause.attitude.kind == "mid":
        if negative:
            before = clause.attitude.english
        else:
            frequency = f"{clause.attitude.english} {frequency}".strip()
    frequency = join([frequency, *clause.filled.english_adverbs])
    rest = rest_of(clause)
    if kind == "question":
        group = do_support(group, agreement)
        auxiliary = group.auxiliary
        if negative:
            auxiliary = negated(auxiliary) if auxiliary != "am" else "aren't"
        opening = contract(asking, auxiliary) if asking else auxiliary
        return [opening, text, frequency, group.rest, rest]
    if kind == "subject":
        text = asking
    if negative:
        group = do_support(group, agreement)
        if group.auxiliary == "am":
            return [contract(text, "am"), "not", frequency, group.rest, rest]
        return [text, before, negated(group.auxiliary), frequency, group.rest, rest]
    if not group.auxiliary:
        return [text, frequency, group.rest, rest]
    inner = [frequency, group.rest, rest]
    if group.auxiliary == "would" and group.rest.startswith("have "):
        return [text, "would", *inner]
    return [contract(text, group.auxiliary), *inner]


def _subject_text(clause: Clause, subject: NounPhrase | None) -> tuple[str, str]:
    """Return the English subject and its agreement."""
    special = clause.filled.english_subject
    if special and not clause.passive:
        text = join(part.phrase.subject if part.phrase else part.text for part in special)
        if text == "there":
            shown = clause.filled.phrase(1)
            return text, "we" if shown is not None and shown.english_is_plural else "it"
        if subject is not None:
            return _with_relative(text, subject), subject.english_agreement
        return text, "we" if text in ("we", "they") else "it"
    assert subject is not None
    return _with_relative(subject.subject, subject), subject.english_agreement


def _with_relative(text: str, subject: NounPhrase) -> str:
    """Return the subject with its relative clause."""
    return f"{text} {subject.relative.english}" if subject.relative else text


def _verb_group(clause: Clause, agreement: str) -> VerbGroup:
    base, complement = clause.filled.english_verb, ""
    if clause.passive:
        base, complement = "be", english.past_participle(base)
    if clause.liking:
        base, complement = "prefer" if clause.liking == "lieber" else "like", f"to {base}"
    if clause.modal:
        return modal_group(base, complement, clause.modal, clause.tense, agreement)
    return plain_group(base, complement, english_form(clause), agreement)


def _with_particles(parts: Sequence[EnglishPart]) -> list[str]:
    """Put a particle (^off) behind a pronoun, before any other object."""
    words: list[str] = []
    waiting = ""
    for number, part in enumerate(parts):
        if part.phrase is not None:
            text = part.phrase.english
            if waiting:
                text = f"{text} {waiting}" if part.phrase.form == "pronoun" else f"{waiting} {text}"
                waiting = ""
            words.append(text)
            continue
        before, caret, particle = part.text.rpartition("^")
        if caret and number + 1 < len(parts) and parts[number + 1].phrase is not None:
            words.append(before)
            waiting = particle
        else:
            words.append(part.text.replace("^", ""))
    return [*words, waiting]


def opening_time(times: Sequence[Adverbial]) -> str:
    """Return time phrases as the opening of a sentence, with the comma that English wants."""
    phrase = " ".join(time.english for time in times)
    return phrase + ("," if needs_comma(phrase) else "")

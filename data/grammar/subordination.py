"""A subordinate clause and its main clause, in either order."""

from collections.abc import Sequence
from dataclasses import replace

from . import english_order, german_order, tags
from .clauses import Clause
from .maker import Maker, Sentence
from .nounphrase import pronoun_for


def joined(
    maker: Maker, main: Clause, linked: Clause, words: tuple[str, str], *,
    first: bool, will: bool = False, fronts: Sequence[str] = (),
) -> Sentence:  # fmt: skip
    """Join a clause to a main clause by a pair of conjunctions, German and English.

    `first`: the subordinate clause comes first, and a subject that both share is a pronoun in the second;
    `will`: the English main clause is in the future; `fronts`: what may begin a main clause that comes first,
    if not all that may.
    """
    if first and linked.subject.lemma == main.subject.lemma and main.subject.form != "pronoun":
        main = replace(main, subject=pronoun_for(main.subject))
    shown = replace(main, tense="future") if will and not main.modal else main
    tag_list = [*tags.of_clause(main), *tags.of_clause(linked), "sub"]
    sub, sub_signature = german_order.subordinate(linked, words[0])
    sub_english = english_order.statement(_unreal(linked), opening=words[1])
    if first:
        german, signature = german_order.inverted(main)
        english = f"{sub_english}, {english_order.statement(shown)}"
        return maker.finish(f"{sub}, {german}", english, [*tag_list, "inv"], f"{sub_signature}, {signature}")
    front = maker.rng.choice(fronts or maker.plain_fronts(main))
    german, signature = german_order.main_clause(main, front)
    english = f"{english_order.statement(shown, front)} {sub_english}"
    extra = ["inv"] if front != "subject" else []
    return maker.finish(f"{german}, {sub}", english, [*tag_list, *extra], f"{signature}, {sub_signature}")


def _unreal(linked: Clause) -> Clause:
    """Return a condition in its English tense: what is unreal stands in the past (if I had, if I had had)."""
    if linked.tense == "konjunktiv past":
        return replace(linked, tense="pluperfect", moment="unreal")
    return replace(linked, tense="past", moment="unreal") if linked.tense == "konjunktiv" else linked

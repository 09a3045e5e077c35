"""German verb clusters: which verb is finite, what stands in the right bracket, the order at the end."""

from typing import NamedTuple

from .clauses import Modal, Tense
from .conjugation import (
    SUBJUNCTIVE,
    Agreement,
    Verb,
    make_verb,
    past,
    present,
    subjunctive,
    zu_infinitive,
)

SEIN = make_verb("sein", "", "war", "gewesen", "sein")
HABEN = make_verb("haben", "", "hatte", "gehabt", "haben")
WERDEN = make_verb("werden", "", "wurde", "geworden", "sein")
MODAL_VERBS = {
    "können": make_verb("können", "", "konnte", "gekonnt", "haben"),
    "müssen": make_verb("müssen", "", "musste", "gemusst", "haben"),
    "dürfen": make_verb("dürfen", "", "durfte", "gedurft", "haben"),
    "sollen": make_verb("sollen", "", "sollte", "gesollt", "haben"),
    "wollen": make_verb("wollen", "", "wollte", "gewollt", "haben"),
    "mögen": make_verb("mögen", "", "mochte", "gemocht", "haben"),
}


class Cluster(NamedTuple):
    """The verbs of a clause: the finite one, the right bracket behind it, all of them at the end."""

    finite: str
    bracket: str
    final: str


def cluster(
    verb: Verb, agreement: Agreement, tense: Tense, modal: Modal, *, passive: bool, reflexive: bool
) -> Cluster:
    """Return the verb cluster of a finite clause."""
    auxiliary = HABEN if reflexive or verb.auxiliary == "haben" else SEIN
    if passive:
        return _passive(verb, agreement, tense, modal)
    if modal:
        return _modal(verb.infinitive, agreement, tense, modal)
    if tense == "present":
        return _simple(present(verb, agreement), verb.prefix)
    if tense == "past":
        return _simple(past(verb, agreement), verb.prefix)
    if tense == "konjunktiv" and verb.bare in SUBJUNCTIVE and verb.bare != "werden":
        return _simple(subjunctive(verb, agreement), verb.prefix)
    return _compound(
        {
            "perfect": (present(auxiliary, agreement), verb.participle),
            "pluperfect": (past(auxiliary, agreement), verb.participle),
            "future": (present(WERDEN, agreement), verb.infinitive),
            "konjunktiv": (subjunctive(WERDEN, agreement), verb.infinitive),
            "konjunktiv past": (subjunctive(auxiliary, agreement), verb.participle),
        }[tense]
    )


def infinitive(verb: Verb, *, with_zu: bool) -> str:
    """Return the infinitive at the end of its clause, with or without zu."""
    return zu_infinitive(verb) if with_zu else verb.infinitive


def _simple(finite: str, prefix: str) -> Cluster:
    return Cluster(finite, prefix, prefix + finite)


def _compound(parts: tuple[str, str]) -> Cluster:
    finite, bracket = parts
    return Cluster(finite, bracket, f"{bracket} {finite}")


def _modal(inner: str, agreement: Agreement, tense: Tense, modal: Modal) -> Cluster:
    verb = MODAL_VERBS[modal]
    if tense == "konjunktiv past":
        finite = subjunctive(HABEN, agreement)
        return Cluster(finite, f"{inner} {modal}", f"{finite} {inner} {modal}")
    forms = {"present": present, "past": past, "konjunktiv": subjunctive}
    return _compound((forms[tense](verb, agreement), inner))


def _passive(verb: Verb, agreement: Agreement, tense: Tense, modal: Modal) -> Cluster:
    if modal:
        return _modal(f"{verb.participle} werden", agreement, tense, modal)
    return _compound(
        {
            "present": (present(WERDEN, agreement), verb.participle),
            "past": (past(WERDEN, agreement), verb.participle),
            "perfect": (present(SEIN, agreement), f"{verb.participle} worden"),
        }[tense]
    )

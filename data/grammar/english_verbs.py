"""English verb groups: auxiliaries, modal verbs, negation, do-support, contractions."""

from typing import NamedTuple

from . import english
from .clauses import Form, Modal, Tense

BE = {
    "present": {"I": "am", "you": "are", "it": "is", "we": "are"},
    "past": {"I": "was", "you": "were", "it": "was", "we": "were"},
}
CONTRACTED = {
    "am": "'m",
    "are": "'re",
    "is": "'s",
    "have": "'ve",
    "will": "'ll",
    "would": "'d",
}
NEGATED = {
    "am": "am not",
    "will": "won't",
    "can": "can't",
}
MODALS: dict[tuple[Modal, Tense], tuple[str, str]] = {
    ("können", "present"): ("can", ""),
    ("können", "past"): ("could", ""),
    ("können", "konjunktiv"): ("could", ""),
    ("müssen", "present"): ("have", "to"),
    ("müssen", "past"): ("have", "to"),
    ("dürfen", "present"): ("be", "allowed to"),
    ("dürfen", "past"): ("be", "allowed to"),
    ("sollen", "present"): ("be", "supposed to"),
    ("sollen", "past"): ("be", "supposed to"),
    ("sollen", "konjunktiv"): ("should", ""),
    ("wollen", "present"): ("want", "to"),
    ("wollen", "past"): ("want", "to"),
    ("mögen", "konjunktiv"): ("would", "like to"),
    ("sollen", "konjunktiv past"): ("should", "have"),
    ("können", "konjunktiv past"): ("could", "have"),
}
AUXILIARIES = ("can", "could", "should", "would")


class VerbGroup(NamedTuple):
    """A finite verb group: the auxiliary that inverts ("" = none) and the rest."""

    auxiliary: str
    rest: str
    base: str
    """What do-support leaves of `rest`: the infinitive with its complement."""
    past: bool


def plain_group(base: str, complement: str, form: Form, agreement: str) -> VerbGroup:
    """Return the group of a verb and its fixed complement (have + to go) in a form."""
    tail = f" {complement}" if complement else ""
    if form in ("present", "past", "unreal"):
        past = form != "present"
        if base == "be":
            return VerbGroup("were" if form == "unreal" else BE[form][agreement], complement, "", past)
        if base == "can":
            return VerbGroup("could" if past else "can", complement, "", past)
        if past:
            return VerbGroup("", english.past_tense(base) + tail, base + tail, past)
        finite = english.third_person(base) if agreement == "it" else base
        return VerbGroup("", finite + tail, base + tail, past)
    if base == "can":
        base, tail = "be", f" able to{tail}"
    have = "has" if agreement == "it" else "have"
    done = english.past_participle(base) + tail
    doing = english.participle_ing(base) + tail
    groups: dict[Form, tuple[str, str]] = {
        "progressive": (BE["present"][agreement], doing),
        "past progressive": (BE["past"][agreement], doing),
        "perfect": (have, done),
        "perfect progressive": (have, f"been {doing}"),
        "past perfect": ("had", done),
        "will": ("will", base + tail),
        "would": ("would", base + tail),
        "would have": ("would", f"have {done}"),
        "used to": ("", f"used to {base}{tail}"),
    }
    auxiliary, rest = groups[form]
    return VerbGroup(auxiliary, rest, f"use to {base}{tail}" if form == "used to" else "", form == "used to")


def modal_group(base: str, complement: str, modal: Modal, tense: Tense, agreement: str) -> VerbGroup:
    """Return the group of a modal verb and the verb below it."""
    head, link = MODALS[modal, tense]
    if link == "have":
        inner = english.past_participle(base) + (f" {complement}" if complement else "")
    else:
        inner = f"{base} {complement}" if complement else base
    if base == "can":
        inner = f"be able to {complement}"
    below = f"{link} {inner}" if link else inner
    if head in AUXILIARIES:
        return VerbGroup(head, below, "", False)
    return plain_group(head, below, "past" if tense == "past" else "present", agreement)


def negated(auxiliary: str) -> str:
    """Contract an auxiliary with not: isn't, don't, won't; I am -> am not."""
    return NEGATED.get(auxiliary, f"{auxiliary}n't")


def do_support(group: VerbGroup, agreement: str) -> VerbGroup:
    """Give a group without auxiliary the auxiliary do."""
    if group.auxiliary:
        return group
    auxiliary = "did" if group.past else ("does" if agreement == "it" else "do")
    return VerbGroup(auxiliary, group.base, "", group.past)


def contract(subject: str, auxiliary: str) -> str:
    """Join a pronoun and an auxiliary: I'm, she's, they've, it'll; names are left alone."""
    pronouns = ("I", "you", "he", "she", "it", "we", "they", "that", "there", "who", "what", "where")
    if subject not in pronouns or auxiliary not in CONTRACTED:
        return f"{subject} {auxiliary}"
    if subject in ("who", "what", "where", "that", "there") and auxiliary != "is":
        return f"{subject} {auxiliary}"
    return subject + CONTRACTED[auxiliary]

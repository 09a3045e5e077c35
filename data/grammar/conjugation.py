"""German verbs: every form that a clause can ask for, from the principal parts in the lexicon.

A separable prefix stands before a bar (auf|stehen). Agreement is one of the six keys of `PERSONS`.
"""

import re
from dataclasses import dataclass
from typing import Literal

Agreement = Literal["ich", "du", "er", "wir", "ihr", "sie"]
PERSONS: tuple[Agreement, ...] = ("ich", "du", "er", "wir", "ihr", "sie")
INSEPARABLE = ("be", "ge", "er", "ver", "zer", "ent", "emp", "miss", "über", "unter", "wieder", "hinter")

IRREGULAR_PRESENT: dict[str, tuple[str, ...]] = {
    "sein": ("bin", "bist", "ist", "sind", "seid", "sind"),
    "haben": ("habe", "hast", "hat", "haben", "habt", "haben"),
    "werden": ("werde", "wirst", "wird", "werden", "werdet", "werden"),
    "wissen": ("weiß", "weißt", "weiß", "wissen", "wisst", "wissen"),
    "tun": ("tue", "tust", "tut", "tun", "tut", "tun"),
    "können": ("kann", "kannst", "kann", "können", "könnt", "können"),
    "müssen": ("muss", "musst", "muss", "müssen", "müsst", "müssen"),
    "dürfen": ("darf", "darfst", "darf", "dürfen", "dürft", "dürfen"),
    "sollen": ("soll", "sollst", "soll", "sollen", "sollt", "sollen"),
    "wollen": ("will", "willst", "will", "wollen", "wollt", "wollen"),
    "mögen": ("mag", "magst", "mag", "mögen", "mögt", "mögen"),
    "halten": ("halte", "hältst", "hält", "halten", "haltet", "halten"),
    "laden": ("lade", "lädst", "lädt", "laden", "ladet", "laden"),
    "raten": ("rate", "rätst", "rät", "raten", "ratet", "raten"),
    "treten": ("trete", "trittst", "tritt", "treten", "tretet", "treten"),
    "braten": ("brate", "brätst", "brät", "braten", "bratet", "braten"),
}
"""Verbs whose present the rules cannot make, without prefixes."""

SUBJUNCTIVE = {
    "sein": "wäre",
    "haben": "hätte",
    "werden": "würde",
    "wissen": "wüsste",
    "geben": "gäbe",
    "können": "könnte",
    "müssen": "müsste",
    "dürfen": "dürfte",
    "sollen": "sollte",
    "wollen": "wollte",
    "mögen": "möchte",
}
"""Verbs that form Konjunktiv II in one word; all others take würde."""


@dataclass(frozen=True)
class Verb:
    """A German verb: prefix, the bare infinitive and its irregular principal parts."""

    infinitive: str
    """Without the bar: aufstehen."""
    prefix: str
    bare: str
    third: str
    past: str
    participle: str
    auxiliary: Literal["haben", "sein"]


def make_verb(lemma: str, third: str, past: str, participle: str, auxiliary: str) -> Verb:
    """Complete the principal parts: empty ones are those of a weak verb."""
    prefix, _, bare = lemma.rpartition("|")
    stem = _stem(bare)
    linking = "e" if _needs_e(stem) else ""
    third = third or (IRREGULAR_PRESENT[bare][2] if bare in IRREGULAR_PRESENT else stem + linking + "t")
    past = past or stem + linking + "te"
    if not participle:
        particle = "" if bare.startswith(INSEPARABLE) or bare.endswith("ieren") else "ge"
        participle = prefix + particle + stem + linking + "t"
    return Verb(
        prefix + bare,
        prefix,
        bare,
        third,
        past,
        participle,
        "sein" if auxiliary == "sein" else "haben",
    )


def present(verb: Verb, agreement: Agreement) -> str:
    """Return the present of the bare verb (without a separable prefix)."""
    number = PERSONS.index(agreement)
    if verb.bare in IRREGULAR_PRESENT:
        return IRREGULAR_PRESENT[verb.bare][number]
    base = next(
        (key for key in IRREGULAR_PRESENT if verb.bare.endswith(key) and _is_prefixed(verb.bare, key)), ""
    )
    if base:
        return verb.bare.removesuffix(base) + IRREGULAR_PRESENT[base][number]
    stem = _stem(verb.bare)
    if agreement == "ich":
        return stem[:-2] + "le" if verb.bare.endswith("eln") else stem + "e"
    if agreement == "er":
        return verb.third
    if agreement == "du":
        root = verb.third.removesuffix("t")
        return root + "t" if root.endswith(("s", "ß", "z", "x")) else root + "st"
    if agreement == "ihr":
        return stem + ("e" if _needs_e(stem) else "") + "t"
    return verb.bare


def past(verb: Verb, agreement: Agreement) -> str:
    """Return the Präteritum of the bare verb."""
    form = verb.past
    weak = form.endswith("e")
    if agreement in ("ich", "er"):
        return form
    if agreement == "du":
        return form + ("est" if form.endswith(("s", "ß", "z", "t", "d")) else "st")
    if agreement == "ihr":
        return form + ("et" if form.endswith(("t", "d")) else "t")
    return form + ("n" if weak else "en")


def subjunctive(verb: Verb, agreement: Agreement) -> str:
    """Return the one-word Konjunktiv II of a verb in `SUBJUNCTIVE`."""
    form = SUBJUNCTIVE[verb.bare]
    endings = {"ich": "", "er": "", "du": "st", "ihr": "t", "wir": "n", "sie": "n"}
    return form + endings[agreement]


def zu_infinitive(verb: Verb) -> str:
    """Return the infinitive with zu, inside a separable verb: aufzustehen."""
    return f"{verb.prefix}zu{verb.bare}" if verb.prefix else f"zu {verb.bare}"


def imperative(verb: Verb, agreement: Agreement) -> str:
    """Return the imperative for du, ihr or Sie (given as "sie"), without prefix and pronoun."""
    if agreement == "ihr":
        return "seid" if verb.bare == "sein" else present(verb, "ihr")
    if agreement == "sie":
        return "seien" if verb.bare == "sein" else verb.bare
    special = {"sein": "sei", "haben": "hab", "werden": "werde", "wissen": "wisse", "tun": "tu"}
    if verb.bare in special:
        return special[verb.bare]
    stem = _stem(verb.bare)
    if "e" in stem and _changes_e_to_i(stem, verb.third):
        return verb.third.removesuffix("t") if not verb.third.endswith("tritt") else verb.third
    if verb.bare.endswith("eln"):
        return stem[:-2] + "le"
    return (
        stem + "e"
        if _needs_e(stem) or verb.bare.endswith("ern") or re.search(r"[^e]igen$", verb.bare)
        else stem
    )


def _changes_e_to_i(stem: str, third: str) -> bool:
    """Tell whether the third person has i or ie where the stem has e (nehmen, nimmt)."""
    vowel = stem.rfind("e")
    return third[:vowel] == stem[:vowel] and third[vowel : vowel + 1] == "i"


def _stem(bare: str) -> str:
    return bare[:-1] if bare.endswith(("eln", "ern", "tun", "sein")) else bare[:-2]


def _needs_e(stem: str) -> bool:
    """Tell whether the stem needs an e before t and st: arbeitet, öffnet, zeichnet, but wohnt."""
    if stem.endswith(("t", "d", "chn")):
        return True
    return len(stem) > 2 and stem[-1] in "mn" and stem[-2] not in "aeiouäöülrhmn"


def _is_prefixed(bare: str, base: str) -> bool:
    """Tell whether bare is an inseparable compound of base: behalten of halten."""
    return bare != base and bare.removesuffix(base) in INSEPARABLE

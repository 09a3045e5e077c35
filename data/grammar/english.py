"""English words: plurals, verb forms, comparison, articles, contractions.

Knows spelling rules and the irregular verbs of the lexicon; knows nothing of German or of sentences.
"""

import re
from functools import cache

from .tables import read_table

VOWELS = "aeiou"
A_BEFORE = re.compile(r"(?:one|uni|use|usual|eu|u-)", re.IGNORECASE)
IRREGULAR_PLURALS = {
    "child": "children",
    "man": "men",
    "woman": "women",
    "person": "people",
    "mouse": "mice",
    "goose": "geese",
    "foot": "feet",
    "tooth": "teeth",
    "sheep": "sheep",
    "fish": "fish",
    "deer": "deer",
    "wolf": "wolves",
    "leaf": "leaves",
    "shelf": "shelves",
    "knife": "knives",
    "scarf": "scarves",
    "thief": "thieves",
    "life": "lives",
    "half": "halves",
    "wife": "wives",
    "potato": "potatoes",
    "tomato": "tomatoes",
    "hero": "heroes",
    "loaf": "loaves",
}
IRREGULAR_COMPARISON = {"good": ("better", "best"), "bad": ("worse", "worst"), "far": ("farther", "farthest")}
DOUBLING = re.compile(r"^[^aeiou]*[aeiou][bdgklmnprt]$")
DOUBLED = (
    "begin",
    "forget",
    "permit",
    "admit",
    "regret",
    "prefer",
    "refer",
    "occur",
    "upset",
    "unwrap",
    "forbid",
    "quit",
    "transfer",
)


def with_article(phrase: str) -> str:
    """Put a or an before a phrase, by the sound of its first word."""
    takes_an = (phrase[0].lower() in VOWELS and not A_BEFORE.match(phrase)) or phrase.startswith(
        ("hour", "honest")
    )
    return f"{'an' if takes_an else 'a'} {phrase}"


def plural(noun: str) -> str:
    """Return the plural of a noun; of several words the last one is changed, or the one before "of"."""
    head, middle, tail = noun.partition(" of ")
    if middle:
        return plural(head) + middle + tail
    first, space, last = noun.rpartition(" ")
    for word in (last, last.rpartition("-")[2]):
        for key, form in IRREGULAR_PLURALS.items():
            if word == key or (
                key in ("man", "woman", "child", "mouse") and word.endswith(key) and word != "human"
            ):
                return first + space + last.removesuffix(key) + form
    if re.search(r"(?:s|x|z|ch|sh)$", last):
        return noun + "es"
    if last.endswith("y") and last[-2] not in VOWELS:
        return noun[:-1] + "ies"
    return noun + "s"


def comparative(word: str) -> str:
    """Return the comparative: older, happier, more beautiful."""
    if word in IRREGULAR_COMPARISON:
        return IRREGULAR_COMPARISON[word][0]
    return _inflect(word, "er") if _is_short(word) else f"more {word}"


def superlative(word: str) -> str:
    """Return the superlative without article: oldest, most beautiful."""
    if word in IRREGULAR_COMPARISON:
        return IRREGULAR_COMPARISON[word][1]
    return _inflect(word, "est") if _is_short(word) else f"most {word}"


def third_person(verb: str) -> str:
    """Return the form with he, she or it: goes, tries, has."""
    if verb in ("be", "have"):
        return {"be": "is", "have": "has"}[verb]
    if re.search(r"(?:s|x|z|ch|sh|[^aeio]o)$", verb):
        return verb + "es"
    if verb.endswith("y") and verb[-2] not in VOWELS:
        return verb[:-1] + "ies"
    return verb + "s"


def participle_ing(verb: str) -> str:
    """Return the form in -ing: sitting, making, lying."""
    if verb in ("lie", "die", "tie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "ye")) and verb != "be":
        return verb[:-1] + "ing"
    return _double(verb) + "ing"


def past_tense(verb: str) -> str:
    """Return the simple past ("was" for be)."""
    return irregular_verbs()[verb][0] if verb in irregular_verbs() else _regular_past(verb)


def past_participle(verb: str) -> str:
    """Return the past participle."""
    return irregular_verbs()[verb][1] if verb in irregular_verbs() else _regular_past(verb)


@cache
def irregular_verbs() -> dict[str, tuple[str, str]]:
    """Read the irregular verbs: base form -> simple past, past participle."""
    return {base: (past, participle) for base, past, participle in read_table("lexicon/english_verbs.tsv", 3)}


def _regular_past(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in VOWELS:
        return verb[:-1] + "ied"
    return _double(verb) + "ed"


def _double(verb: str) -> str:
    """Double the last consonant where English does: stop, plan, forget; not open, visit, show."""
    return verb + verb[-1] if DOUBLING.match(verb) or verb in DOUBLED else verb


def _is_short(word: str) -> bool:
    """Tell whether an adjective is compared with -er: one syllable, or two that end in y."""
    if word in ("tired", "bored", "wrong", "right", "real", "dear", "exact", "ill", "drunk", "worn", "known"):
        return False
    groups = len(re.findall(r"[aeiouy]+", word.removesuffix("e")))
    return (
        groups <= 1
        or (groups == 2 and word.endswith(("y", "ow", "le")))
        or word in ("quiet", "clever", "narrow")
    )


def _inflect(word: str, suffix: str) -> str:
    if word.endswith("e"):
        return word + suffix[1:]
    if word.endswith("y") and word[-2] not in VOWELS:
        return word[:-1] + "i" + suffix
    return (word + word[-1] if re.search(r"^[^aeiou]*[aeiou][bdgmnpt]$", word) else word) + suffix

"""German noun phrases: articles, adjective endings, noun cases, pronouns.

Knows tables and endings; knows nothing of meaning, of English or of sentences. A gender is m, f, n,
or p for any plural; the four cases always stand in the order of `CASES`.
"""

from typing import Literal, NamedTuple

Case = Literal["nom", "acc", "dat", "gen"]
Ending = Literal["weak", "mixed", "strong"]
CASES: tuple[Case, ...] = ("nom", "acc", "dat", "gen")

DEFINITE: dict[str, tuple[str, str, str, str]] = {
    "m": ("der", "den", "dem", "des"),
    "f": ("die", "die", "der", "der"),
    "n": ("das", "das", "dem", "des"),
    "p": ("die", "die", "den", "der"),
}
RELATIVE: dict[str, tuple[str, str, str, str]] = {
    "m": ("der", "den", "dem", "dessen"),
    "f": ("die", "die", "der", "deren"),
    "n": ("das", "das", "dem", "dessen"),
    "p": ("die", "die", "denen", "deren"),
}
DER_WORD: dict[str, tuple[str, str, str, str]] = {
    "m": ("er", "en", "em", "es"),
    "f": ("e", "e", "er", "er"),
    "n": ("es", "es", "em", "es"),
    "p": ("e", "e", "en", "er"),
}
"""Endings of dieser, welcher, alle, viele."""

EIN_WORD: dict[str, tuple[str, str, str, str]] = {
    "m": ("", "en", "em", "es"),
    "f": ("e", "e", "er", "er"),
    "n": ("", "", "em", "es"),
    "p": ("e", "e", "en", "er"),
}
"""Endings of ein, kein, mein."""

ADJECTIVE: dict[Ending, dict[str, tuple[str, str, str, str]]] = {
    "weak": {
        "m": ("e", "en", "en", "en"),
        "f": ("e", "e", "en", "en"),
        "n": ("e", "e", "en", "en"),
        "p": ("en", "en", "en", "en"),
    },
    "mixed": {
        "m": ("er", "en", "en", "en"),
        "f": ("e", "e", "en", "en"),
        "n": ("es", "es", "en", "en"),
        "p": ("en", "en", "en", "en"),
    },
    "strong": {
        "m": ("er", "en", "em", "en"),
        "f": ("e", "e", "er", "er"),
        "n": ("es", "es", "em", "en"),
        "p": ("e", "e", "en", "er"),
    },
}

CONTRACTIONS = {
    "an dem": "am",
    "bei dem": "beim",
    "in dem": "im",
    "von dem": "vom",
    "zu dem": "zum",
    "zu der": "zur",
    "an das": "ans",
    "in das": "ins",
}

DATIVE_PREPOSITIONS = ("mit", "nach", "von", "zu", "bei", "aus", "seit", "gegenüber", "ab", "außer")
ACCUSATIVE_PREPOSITIONS = ("für", "um", "durch", "gegen", "ohne", "bis")
GENITIVE_PREPOSITIONS = ("wegen", "trotz", "während", "statt")
TWO_WAY_PREPOSITIONS = ("an", "auf", "hinter", "in", "neben", "über", "unter", "vor", "zwischen")


class Pronoun(NamedTuple):
    """A personal pronoun with what agrees with it, in both languages."""

    german: tuple[str, str, str]
    """Nominative, accusative, dative."""
    reflexive: tuple[str, str]
    """Accusative, dative."""
    possessive: str
    english: str
    english_object: str
    english_possessive: str
    english_reflexive: str


PRONOUNS = {
    "ich": Pronoun(("ich", "mich", "mir"), ("mich", "mir"), "mein", "I", "me", "my", "myself"),
    "du": Pronoun(("du", "dich", "dir"), ("dich", "dir"), "dein", "you", "you", "your", "yourself"),
    "er": Pronoun(("er", "ihn", "ihm"), ("sich", "sich"), "sein", "he", "him", "his", "himself"),
    "sie": Pronoun(("sie", "sie", "ihr"), ("sich", "sich"), "ihr", "she", "her", "her", "herself"),
    "es": Pronoun(("es", "es", "ihm"), ("sich", "sich"), "sein", "it", "it", "its", "itself"),
    "wir": Pronoun(("wir", "uns", "uns"), ("uns", "uns"), "unser", "we", "us", "our", "ourselves"),
    "ihr": Pronoun(("ihr", "euch", "euch"), ("euch", "euch"), "euer", "you", "you", "your", "yourselves"),
    "they": Pronoun(("sie", "sie", "ihnen"), ("sich", "sich"), "ihr", "they", "them", "their", "themselves"),
    "Sie": Pronoun(("Sie", "Sie", "Ihnen"), ("sich", "sich"), "Ihr", "you", "you", "your", "yourself"),
    "man": Pronoun(("man", "einen", "einem"), ("sich", "sich"), "sein", "you", "you", "your", "yourself"),
    "it-m": Pronoun(("er", "ihn", "ihm"), ("sich", "sich"), "sein", "it", "it", "its", "itself"),
    "it-f": Pronoun(("sie", "sie", "ihr"), ("sich", "sich"), "ihr", "it", "it", "its", "itself"),
}
"""Keys are German nominatives; "they" is the plural sie, "it-m" and "it-f" are things and animals."""


def ein_word(stem: str, gender: str) -> tuple[str, ...]:
    """Decline ein, kein or a possessive; euer loses its second e before an ending."""
    endings = EIN_WORD[gender]
    short = "eur" if stem == "euer" else stem
    return tuple(short + ending if ending else stem for ending in endings)


def der_word(stem: str, gender: str) -> tuple[str, ...]:
    """Decline dies-, welch-, all- or viel-."""
    return tuple(stem + ending for ending in DER_WORD[gender])


def adjective(stem: str, ending: Ending, gender: str) -> tuple[str, ...]:
    """Decline an attributive adjective, given its attributive stem (teur-, hoh-, dunkl-)."""
    return tuple(stem + suffix for suffix in ADJECTIVE[ending][gender])


def attributive_stem(word: str) -> str:
    """Return what adjective endings are added to: teuer -> teur, dunkel -> dunkl, müde -> müd."""
    if word == "hoch":
        return "hoh"
    if word.endswith("el"):
        return word[:-2] + "l"
    if word.endswith(("euer", "auer")):
        return word[:-2] + "r"
    return word[:-1] if word.endswith("e") else word


def noun_cases(singular: str, gender: str, plural: str, *, weak: bool, genitive: str) -> tuple[str, ...]:
    """Return the four singular forms; weak nouns take the plural form outside the nominative."""
    if weak:
        oblique = genitive if genitive.endswith("n") else plural
        return singular, oblique, oblique, genitive or oblique
    if gender == "f":
        return (singular,) * 4
    return singular, singular, singular, genitive or singular + _genitive_ending(singular)


def plural_cases(plural: str) -> tuple[str, ...]:
    """Return the four plural forms: the dative adds n unless the plural ends in n or s."""
    dative = plural if plural.endswith(("n", "s")) else plural + "n"
    return plural, plural, dative, plural


def contract(preposition: str, phrase: str) -> str:
    """Join a preposition and a phrase that begins with the plain article: in dem -> im."""
    article, _, rest = phrase.partition(" ")
    short = CONTRACTIONS.get(f"{preposition} {article}")
    return f"{short} {rest}" if short else f"{preposition} {phrase}"


def _genitive_ending(noun: str) -> str:
    """Return es after a sibilant and after one syllable, else s."""
    if noun.endswith(("s", "ß", "x", "z")):
        return "es"
    vowels = [
        letter
        for letter in noun.lower()
        .replace("au", "a")
        .replace("ei", "e")
        .replace("ie", "i")
        .replace("eu", "e")
        .replace("äu", "ä")
        .replace("ee", "e")
        .replace("oo", "o")
        .replace("aa", "a")
        if letter in "aeiouäöüy"
    ]
    return "es" if len(vowels) == 1 and noun[-1] not in "aeiouäöüyhlmnrwi" else "s"

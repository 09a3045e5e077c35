"""People as subjects and objects: pronouns, names, family, titles, groups.

Whom a sentence may speak of depends on its subject: nobody visits himself, a grandfather has no
grandmother, and a possessive always belongs to somebody who was named.
"""

import random
from collections.abc import Collection

from .nounphrase import NounPhrase, UnfitError, build, pronoun
from .words import Adjective, Noun, lexicon

WOMEN = "Anna Clara Emma Julia Laura Lena Maria Mia Nina Sarah Sophie".split()
MEN = "Ben David Felix Jonas Karl Lukas Max Paul Peter Thomas Tim".split()
SURNAMES = "Becker Fischer Klein Meyer Schneider Weber Wolf".split()
PLACES = {
    "Berlin": "Berlin",
    "Hamburg": "Hamburg",
    "München": "Munich",
    "Köln": "Cologne",
    "Wien": "Vienna",
    "Leipzig": "Leipzig",
    "Bremen": "Bremen",
    "Zürich": "Zurich",
    "Italien": "Italy",
    "Spanien": "Spain",
    "Frankreich": "France",
    "England": "England",
    "Österreich": "Austria",
    "Amerika": "America",
    "Deutschland": "Germany",
}
CITIES = "Berlin Hamburg München Köln Wien Leipzig Bremen Zürich".split()
COUNTRIES = "Italien Spanien Frankreich England Österreich Amerika".split()
FAMILIAR = {
    "Mama": ("Mom", "sie"),
    "Papa": ("Dad", "er"),
    "Oma": ("Grandma", "sie"),
    "Opa": ("Grandpa", "er"),
}
SAME_PERSON = {"Mama": "Mutter", "Papa": "Vater", "Oma": "Großmutter", "Opa": "Großvater"}
PARENTS = (
    {"Eltern", "Vater"},
    {"Eltern", "Mutter"},
    {"Großeltern", "Großvater"},
    {"Großeltern", "Großmutter"},
)
OVERLAPS = {
    "ich": "ich wir",
    "wir": "ich wir",
    "du": "du ihr Sie",
    "ihr": "du ihr Sie",
    "Sie": "Sie du ihr",
    "man": "man",
}
STATEMENT = "ich ich ich ich wir wir wir er er sie sie they".split()
"""Pronoun subjects of plain statements; nobody tells you what you are doing."""
QUESTION = "du du du ihr ihr Sie Sie er sie they".split()
ADVICE = "du du ihr Sie ich ich wir wir er sie they".split()
OBJECTS = "ich ich du er sie wir".split()
DATIVE_OBJECTS = (*OBJECTS, "they", "they")
GROUPS = "Eltern Großeltern Kind Freund Nachbar Kollege".split()


def name(rng: random.Random) -> NounPhrase:
    """Return a first name."""
    women = rng.random() < 0.5
    given = rng.choice(WOMEN if women else MEN)
    return NounPhrase(
        (given,) * 4, given, "sie" if women else "er", "name", "f" if women else "m", given, tags=("name",)
    )


def two_names(rng: random.Random) -> NounPhrase:
    """Return two names joined by and."""
    first, second = rng.choice(WOMEN), rng.choice(MEN)
    if rng.random() < 0.5:
        first, second = second, first
    german, text = f"{first} und {second}", f"{first} and {second}"
    return NounPhrase(
        (german,) * 4, text, "they", "name", "p", german, english_is_plural=True, tags=("name",)
    )


def titled(rng: random.Random) -> NounPhrase:
    """Return Frau or Herr with a surname."""
    surname = rng.choice(SURNAMES)
    if rng.random() < 0.5:
        return NounPhrase(
            (f"Frau {surname}",) * 4, f"Ms. {surname}", "sie", "name", "f", surname, tags=("name",)
        )
    german = (f"Herr {surname}", *(f"Herrn {surname}",) * 3)
    return NounPhrase(german, f"Mr. {surname}", "er", "name", "m", surname, tags=("name",))


def familiar(rng: random.Random) -> NounPhrase:
    """Return Mama, Papa, Oma or Opa, used like a name."""
    german = rng.choice(list(FAMILIAR))
    text, person = FAMILIAR[german]
    return NounPhrase(
        (german,) * 4, text, person, "name", "f" if person == "sie" else "m", SAME_PERSON[german]
    )


def speaker(rng: random.Random, kind: str) -> NounPhrase:
    """Return whose relatives a sentence speaks of when its subject owns nobody."""
    keys = {"question": "du du du Sie ihr", "statement": "ich ich ich wir"}
    return pronoun(rng.choice(keys[kind].split()))


def with_adjective(rng: random.Random, noun: Noun, chance: float) -> Adjective | None:
    """Draw an adjective that fits one of the noun's classes, or none."""
    if rng.random() >= chance:
        return None
    table = lexicon().adjectives_of
    classes = [name_ for name_ in noun.classes if name_.startswith("kin") or "kin" not in noun.classes]
    fitting = [entry for name_ in classes for entry in table.get(name_, ())]
    return rng.choice(fitting) if fitting else None


def relative_of(rng: random.Random, owner: NounPhrase, classes: Collection[str]) -> NounPhrase:
    """Return a member of the owner's family: my little brother, her parents."""
    if not owner.can_own:
        raise UnfitError("nobody's family")
    table = lexicon().nouns_of
    own = set(owner.noun.classes) if owner.noun else set()
    allowed = [noun for class_ in classes for noun in table[class_] if noun.key not in ("Oma", "Opa")]
    if own & {"kin-child", "child", "kin-young", "young", "student"}:
        allowed = [noun for noun in allowed if not {"kin-child", "spouse"} & set(noun.classes)]
    if "kin-old" in own or owner.lemma in ("Großeltern", "Großmutter", "Großvater"):
        allowed = [noun for noun in allowed if "kin-child" in noun.classes]
    if own & {"kin-adult"}:
        allowed = [noun for noun in allowed if "kin-old" not in noun.classes and noun.key != "Großeltern"]
    allowed = [noun for noun in allowed if noun.key != owner.lemma]
    if not allowed:
        raise UnfitError("no such relative")
    noun = rng.choice(allowed)
    chance = 0.3 if list(classes) == ["kin-child"] else 0.0
    return build(noun, "mys" if noun.gender == "p" else "my", with_adjective(rng, noun, chance), owner=owner)


def draw(
    rng: random.Random,
    kind: str,
    *,
    owner: NounPhrase | None,
    others: Collection[NounPhrase],
    role: str,
    pronouns: Collection[str] = STATEMENT,
) -> NounPhrase:
    """Draw a person of a kind ("person", "adult", "child") as "subject" or "object".

    `others` are the people in the sentence already; `owner` is whose relatives are meant. Raises
    `UnfitError` if the draw meets somebody twice.
    """
    table = _SUBJECTS if role == "subject" else _OBJECTS
    choices, weights = table[kind]
    chosen = rng.choices(choices, weights)[0]
    phrase = _draw_one(rng, chosen, owner or speaker(rng, "statement"), list(pronouns), kind)
    for other in others:
        if phrase.lemma == other.lemma or phrase.lemma in OVERLAPS.get(other.person, "").split():
            raise UnfitError("the same person twice")
        if {phrase.lemma, other.lemma} in PARENTS:
            raise UnfitError("one of the two")
        if phrase.noun and other.noun and phrase.noun.english == other.noun.english:
            raise UnfitError("the same word twice")
        if phrase.form == "pronoun" and other.form == "pronoun" and phrase.person == other.person:
            raise UnfitError("the same pronoun twice")
    return phrase


_SUBJECTS = {
    "person": (
        ("pronoun", "name", "names", "kin", "familiar", "titled", "friend", "group"),
        (48, 17, 3, 14, 3, 4, 5, 6),
    ),
    "adult": (
        ("pronoun", "name", "kin-adult", "familiar", "titled", "friend", "parents"),
        (50, 14, 12, 4, 8, 8, 4),
    ),
    "child": (("pronoun", "name", "names", "kin-child", "children"), (40, 18, 4, 24, 14)),
}
_OBJECTS = {
    "person": (("pronoun", "name", "kin", "titled", "friend", "group"), (34, 18, 24, 4, 12, 8)),
    "adult": (("pronoun", "name", "kin-adult", "titled", "friend", "parents"), (34, 16, 22, 8, 12, 8)),
    "child": (("pronoun", "name", "kin-child", "children"), (25, 25, 25, 25)),
}


def _draw_one(
    rng: random.Random, chosen: str, owner: NounPhrase, pronouns: list[str], kind: str
) -> NounPhrase:
    table = lexicon().nouns_of
    if chosen == "pronoun":
        key = rng.choice(pronouns)
        if key == "Sie" and kind == "child":
            raise UnfitError("children are not addressed as Sie")
        tags = {"du": ("du",), "ihr": ("du",), "Sie": ("sie",)}.get(key, ())
        return pronoun(key, tags)
    if chosen == "name":
        return name(rng)
    if chosen == "names":
        return two_names(rng)
    if chosen == "titled":
        return titled(rng)
    if chosen == "familiar":
        return familiar(rng)
    if chosen == "kin":
        return relative_of(rng, owner, ("kin", "kin", "kin-group"))
    if chosen in ("kin-adult", "kin-child"):
        return relative_of(rng, owner, (chosen,))
    if chosen == "friend":
        noun = rng.choice(table["friend"] + table["boss"] + table["colleague"])
        return build(noun, "my", owner=owner)
    if chosen == "children":
        return build(lexicon().nouns["Kind"], rng.choice(("thes", "thes", "mys")), owner=owner)
    if chosen == "parents":
        return build(lexicon().nouns[rng.choice(("Eltern", "Großeltern", "Nachbar"))], "mys", owner=owner)
    return build(lexicon().nouns[rng.choice(GROUPS)], "mys", owner=owner)

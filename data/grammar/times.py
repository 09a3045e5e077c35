"""Times: which phrase of time fits a frame and a moment; clock times and dates."""

import random

from .amounts import NUMERALS
from .notation import Frame
from .nounphrase import UnfitError
from .words import Adverbial, lexicon

ORDINALS = (
    ("ersten", "first"), ("zweiten", "second"), ("dritten", "third"), ("vierten", "fourth"),
    ("fünften", "fifth"), ("sechsten", "sixth"), ("siebten", "seventh"), ("achten", "eighth"),
    ("neunten", "ninth"), ("zehnten", "tenth"), ("elften", "eleventh"), ("zwölften", "twelfth"),
    ("zwanzigsten", "twentieth"),
)  # fmt: skip
MONTHS = (
    ("Januar", "January"), ("Februar", "February"), ("März", "March"), ("April", "April"), ("Mai", "May"),
    ("Juni", "June"), ("Juli", "July"), ("August", "August"), ("September", "September"),
    ("Oktober", "October"), ("November", "November"), ("Dezember", "December"),
)  # fmt: skip
PARTS = ("morning", "day", "evening", "night", "weekend", "summer", "winter", "long", "vacation")
LENGTHS = ("hours", "days", "weeks", "years")
SPOKEN = {
    "Abend": (18, 21),
    "abend": (18, 21),
    "früh": (7, 9),
    "heute Morgen": (7, 10),
    "jeden Morgen": (7, 9),
    "Sonntagmorgen": (9, 10),
    "achmittag": (13, 16),
}
TOMORROW = ("morgen", "morgen früh")
HOURS = {"morning": (6, 10), "day": (11, 17), "evening": (18, 21)}


def parts_of(frame: Frame) -> frozenset[str]:
    """Return the parts of day and year in which a frame can happen."""
    own = {part for part in (*PARTS, *LENGTHS) if frame.has(part)}
    if own.isdisjoint(("morning", "day", "evening", "night", "weekend", "long")):
        own |= {"day"}
        if own.isdisjoint(("summer", "winter", "vacation", "long")):
            own |= set() if frame.aspect == "event" else {"evening"}
    if "weekend" in own:
        own |= {"day"}
    if frame.has("chore") or frame.has("fun") or frame.has("plan"):
        own |= {"weekly"}
    if frame.has("clock"):
        own |= {"hour"}
    if "summer" in own and not own.isdisjoint(("long", "vacation")):
        own |= {"season"}
    return frozenset(own if "long" in own else own | {"any"})


def draw(
    rng: random.Random, frame: Frame, moment: str, kind: str = "time", *, near: bool = False
) -> Adverbial:
    """Draw an adverbial of a kind that fits the frame. Raises `UnfitError` if there is none.

    What is no appointment and takes no months has no date; nor has what does not happen (`near`).
    """
    parts = parts_of(frame)
    dated = not near and any(
        frame.has(word) for word in ("plan", "us", "clock", "long", "vacation", "weekend")
    )
    near = moment in ("past", "future") and (frame.has("small") or not dated)
    fitting = [
        entry
        for entry in lexicon().adverbials
        if entry.kind == kind
        and moment in entry.moments
        and not parts.isdisjoint(entry.parts)
        and (not near or "near" in entry.parts or entry.german in TOMORROW)
        and (moment in ("past", "future") or "near" in entry.parts or not frame.has("small"))
    ]
    if not fitting:
        raise UnfitError(f"no time for {frame.place} and {moment}")
    return rng.choice(fitting)


def named(german: str, english: str = "") -> Adverbial:
    """Return an adverbial of the lexicon by its German words."""
    for entry in lexicon().adverbials:
        if entry.german == german and english in ("", entry.english):
            return entry
    raise ValueError(f"the adverbial {german} is not in the lexicon")


def clock(rng: random.Random, frame: Frame) -> Adverbial:
    """Draw a clock time in the frame's part of the day."""
    parts = [part for part in HOURS if frame.has(part)]
    low, high = HOURS[rng.choice(parts or ["day"])]
    return clock_at(rng, rng.randint(low, high))


def clock_at(rng: random.Random, hour: int) -> Adverbial:
    """Return a clock time around an hour (of 24), in one of the ways people write it."""
    short = (hour - 1) % 12 + 1
    german_hour, english_hour = ("eins", "one") if short == 1 else NUMERALS[short - 2]
    later = short % 12 + 1
    german_later, english_later = ("eins", "one") if later == 1 else NUMERALS[later - 2]
    half = "p.m." if hour >= 12 else "a.m."
    minute = rng.choice((15, 45))
    spoken = "ein" if short == 1 else german_hour
    choices = [
        (f"um {hour} Uhr", f"at {short} {half}" if hour > 12 else f"at {short} o'clock"),
        (f"um {spoken} Uhr", f"at {english_hour} o'clock"),
        (f"um {german_hour}", f"at {english_hour}"),
        (f"um halb {german_later}", f"at half past {english_hour}"),
        (f"um Viertel nach {german_hour}", f"at a quarter past {english_hour}"),
        (f"um Viertel vor {german_later}", f"at a quarter to {english_later}"),
        (f"gegen {german_hour}", f"around {english_hour}"),
        (f"um zehn nach {german_hour}", f"at ten past {english_hour}"),
        (f"um {hour}.{minute} Uhr", f"at {short}:{minute}" + (f" {half}" if hour > 12 else "")),
        (f"um {hour}.30 Uhr", f"at {short}:30" + (f" {half}" if hour > 12 else "")),
    ]
    german, english = rng.choice(choices)
    return Adverbial(german, english, "time", (), ("any",), ("num", "clock"))


def hour_of(rng: random.Random, day: Adverbial) -> Adverbial | None:
    """Draw a clock time in the part of the day that a phrase names, None if it names none."""
    for word, (low, high) in SPOKEN.items():
        if word in day.german:
            return clock_at(rng, rng.randint(low, high))
    return None


def combined(day: Adverbial, hour: Adverbial) -> Adverbial:
    """Join a day and an hour: morgen um acht Uhr, at eight o'clock tomorrow."""
    says_half = any(word in day.german for word in SPOKEN)  # not: at 8 p.m. tomorrow evening
    english = hour.english.removesuffix(" p.m.") if says_half else hour.english
    return Adverbial(
        f"{day.german} {hour.german}",
        f"{english} {day.english}",
        "time",
        day.moments,
        day.parts,
        (*day.tags, *hour.tags),
    )


def date(rng: random.Random) -> Adverbial:
    """Draw a date: am dritten Mai, am 12. Juni."""
    month, english_month = rng.choice(MONTHS)
    tags = ("two", "num", "date")
    if rng.random() < 0.5:
        ordinal, english_ordinal = rng.choice(ORDINALS)
        text = f"on the {english_ordinal} of {english_month}"
        return Adverbial(f"am {ordinal} {month}", text, "time", (), ("any",), tags)
    day = rng.randint(1, 28)
    return Adverbial(f"am {day}. {month}", f"on {english_month} {day}", "time", (), ("any",), tags)

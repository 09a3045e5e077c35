"""A synchronous grammar for German and English: one rule makes a sentence and its translation.

The grammar reads from left to right: tables -> words (the lexicon) -> declension, conjugation, english
(morphology) -> nounphrase, people, amounts -> notation, frames (the rules) -> filling -> clauses ->
german_order, english_order -> maker -> patterns_* (kinds of sentences) -> sampling. `python -m data.grammar`
prints the pairs.
"""

from .sampling import Pair, generate

__all__ = ["Pair", "generate"]

"""A synchronous grammar for German and English: one rule makes a sentence and its translation.

The grammar reads from left to right: tables -> declension, conjugation, english (morphology) -> words (the
lexicon) -> nounphrase, people, amounts -> notation, frames (the rules) -> filling, times -> clauses ->
german_verbs, english_verbs -> german_order, english_order, tags, text -> maker -> subordination, patterns_*
(kinds of sentences) -> sampling. `python -m data.grammar` prints the pairs.
"""

from .sampling import Pair, generate

__all__ = ["Pair", "generate"]

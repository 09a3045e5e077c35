"""Print the generated part of the corpus: German, English, tags, separated by tabs."""

import sys

from .sampling import generate

NUM_PAIRS = 20_000

if __name__ == "__main__":
    for german, english, tags in generate(NUM_PAIRS):
        sys.stdout.write(f"{german}\t{english}\t{' '.join(tags)}\n")

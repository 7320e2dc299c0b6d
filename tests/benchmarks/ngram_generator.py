"""The n-gram generator of twenty lines that people write: the peer of small lists.

The next character is drawn as often as it followed the last `order` characters in the
list; where these never stood together, the context is shortened until it did.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

LONGEST = 80


def generate(names: Sequence[str], order: int, seed: int) -> Iterator[str]:
    """New, distinct names without end."""
    rng = random.Random(seed)
    followers: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name in names:
        text = "\n" * order + name + "\n"
        for place in range(order, len(text)):
            for length in range(order + 1):
                followers[text[place - length : place]][text[place]] += 1
    seen = set(names)
    while True:
        text = "\n" * order
        while not text.endswith("\n") or len(text) == order:
            if len(text) > LONGEST:
                break
            context = text[-order:]
            while context not in followers:
                context = context[1:]
            counts = followers[context]
            text += rng.choices(list(counts), list(counts.values()))[0]
        name = text.strip("\n")
        if name and name not in seen:
            seen.add(name)
            yield name

"""The formulas of the Kneser-Ney model, written out a second time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache

MARK = "."  # the end marker


class Literal:
    """Interpolated Kneser-Ney as its formulas stand, on strings and dictionaries.

    A gram is a context and the symbol after it. A name "ab" is the text ".ab.", and no
    context begins before it.
    """

    def __init__(
        self, names: list[str], order: int, V: int, discount: float | None
    ) -> None:
        self.order, self.V, self.discount = order, V, discount
        occurs = Counter(g for name in names for g in self.grams(f"{MARK}{name}{MARK}"))
        before = defaultdict(set)
        for gram in occurs:
            if len(gram) > 1:
                before[gram[1:]].add(gram[0])
        self.n: Counter[str] = Counter()
        for gram, count in occurs.items():
            longest = len(gram) == order
            starts = len(gram) > 1 and gram[0] == MARK
            self.n[gram] = count if longest or starts else len(before[gram])
        self.followers = defaultdict(list)
        for gram in self.n:
            self.followers[gram[:-1]].append(gram)
        self.taken = cache(self.estimated)

    def grams(self, text: str) -> Iterator[str]:
        """All of 1 to `order` symbols that end with one that is predicted."""
        for end in range(2, len(text) + 1):
            for start in range(max(0, end - self.order), end):
                yield text[start:end]

    def estimated(self, length: int) -> list[float]:
        """D1, D2, D3 of the grams of that length (Chen & Goodman 1999)."""
        counts = [n for gram, n in self.n.items() if len(gram) == length]
        n1, n2, n3, n4 = (counts.count(i) for i in (1, 2, 3, 4))
        if not n1:
            return [0.5, 0.5, 0.5]
        y = n1 / (n1 + 2 * n2)
        result = [
            1 - 2 * y * n2 / n1,
            2 - 3 * y * n3 / n2 if n2 else 2 * y,
            3 - 4 * y * n4 / n3 if n3 else 3 * y,
        ]
        highest = (0.95, 1.95, 2.95)
        return [min(max(d, 0.1), h) for d, h in zip(result, highest, strict=True)]

    def D(self, gram: str) -> float:
        if self.discount is not None:
            return self.discount
        return self.taken(len(gram))[min(self.n[gram], 3) - 1]

    def p(self, symbol: str, context: str) -> float:
        shorter = self.p(symbol, context[1:]) if context else 1 / self.V
        followers = self.followers.get(context)
        if not followers:
            return shorter
        total = sum(self.n[gram] for gram in followers)
        left = sum(map(self.D, followers)) / total
        gram = context + symbol
        seen = max(self.n[gram] - self.D(gram), 0) / total if self.n[gram] else 0.0
        return seen + left * shorter

    def predicted(self, names: list[str]) -> list[float]:
        result = []
        for name in names:
            text = f"{MARK}{name}{MARK}"
            for i in range(1, len(text)):
                context = text[max(0, i - self.order + 1) : i]
                result.append(self.p(text[i], context))
        return result

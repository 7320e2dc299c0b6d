"""Baseline: a textbook RNN's names drawn in eager PyTorch, many side by side.

As makemore's sampler does it, every step reads all the names anew from their beginnings
(`carried` false), or it goes on from the state of the step before. All names go on to
the length of the longest that was learned; what follows their end is cut off.
"""

import torch
from torch import Tensor

from charnames.models.language_model import Model

BATCH = 1000

torch.set_num_threads(1)


class Sampler:
    """Draws names by a classic model's weights."""

    def __init__(self, model: Model, carried: bool) -> None:
        views = {k: torch.from_numpy(v) for k, v in model.parameters.views.items()}
        self.Waa, self.b = views["layer0.Waa"], views["layer0.b"]
        self.Wax = views["layer0.Wax"].T.contiguous()
        self.Wya, self.by = views["output.Wya"], views["output.by"]
        self.alphabet = model.vocabulary.alphabet
        self.steps, self.carried = model.provenance.longest + 1, carried

    @torch.no_grad()
    def __call__(self, count: int) -> list[str]:
        """That many names."""
        names: list[str] = []
        while len(names) < count:
            names += self._spelt(self._drawn())
        return names[:count]

    def _drawn(self) -> Tensor:
        """(BATCH, steps + 1) symbols, the end marker first."""
        ids = torch.zeros((BATCH, 1), dtype=torch.long)
        a = self._start()
        for _ in range(self.steps):
            if self.carried:
                a = self._read(a, ids[:, -1])
            else:
                a = self._start()
                for symbols in ids.T:
                    a = self._read(a, symbols)
            likely = torch.softmax(a @ self.Wya.T + self.by, 1)
            ids = torch.cat((ids, torch.multinomial(likely, 1)), 1)
        return ids

    def _start(self) -> Tensor:
        return torch.zeros((BATCH, len(self.b)))

    def _read(self, a: Tensor, symbols: Tensor) -> Tensor:
        return torch.tanh(self.Wax[symbols] + a @ self.Waa.T + self.b)

    def _spelt(self, ids: Tensor) -> list[str]:
        rows = [row[: row.index(0)] if 0 in row else row for row in ids[:, 1:].tolist()]
        return ["".join(self.alphabet[i - 1] for i in row) for row in rows]

"""Weights as named views of one flat array, and working arrays for the layers."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[np.floating]
Shapes = Mapping[str, tuple[int, ...]]


class Parameters:
    """Named arrays that share one flat buffer, in the order of `shapes`.

    Clipping, updating, averaging and saving are single expressions on `values`;
    the network reads and writes the same numbers through `views`. Gradients are
    Parameters of the same shapes. Raises ValueError if `values` has another size.

    >>> p = Parameters({"Waa": (2, 2), "b": (2,)})
    >>> p["b"][:] = 1
    >>> p.values.tolist()
    [0.0, 0.0, 0.0, 0.0, 1.0, 1.0]
    >>> p
    Parameters(Waa (2, 2), b (2,))
    """

    def __init__(
        self,
        shapes: Shapes,
        dtype: DTypeLike = np.float32,
        values: Array | None = None,
    ) -> None:
        self.shapes = dict(shapes)
        total = sum(math.prod(shape) for shape in self.shapes.values())
        self.values = np.zeros(total, dtype) if values is None else values
        if self.values.shape != (total,):
            raise ValueError(f"{self.values.shape} values for {total} parameters")
        self.views: dict[str, Array] = {}
        start = 0
        for name, shape in self.shapes.items():
            end = start + math.prod(shape)
            self.views[name] = self.values[start:end].reshape(shape)
            start = end

    def __getitem__(self, name: str) -> Array:
        return self.views[name]

    def __repr__(self) -> str:
        """The names and shapes: Parameters(Waa (2, 2), b (2,))."""
        shapes = ", ".join(f"{name} {shape}" for name, shape in self.shapes.items())
        return f"Parameters({shapes})"

    def part(self, prefix: str) -> Parameters:
        """Those whose names begin with the prefix and a point, without it: the same
        numbers, not copies. They have to stand next to one another.

        >>> p = Parameters({"encoder.b": (2,), "output.b": (3,)})
        >>> p.part("output")["b"][:] = 1
        >>> p.values.tolist()
        [0.0, 0.0, 1.0, 1.0, 1.0]
        """
        prefix += "."
        names = [name for name in self.shapes if name.startswith(prefix)]
        start = 0
        for name, shape in self.shapes.items():
            if not names or name == names[0]:
                break
            start += math.prod(shape)
        shapes = {name.removeprefix(prefix): self.shapes[name] for name in names}
        end = start + sum(map(math.prod, shapes.values()))
        return Parameters(shapes, values=self.values[start:end])

    def zeros_like(self) -> Parameters:
        """Parameters of the same shapes and dtype, all zero."""
        return Parameters(self.shapes, self.values.dtype)

    def copy(self) -> Parameters:
        """A copy with a buffer of its own."""
        return Parameters(self.shapes, values=self.values.copy())


class Buffers:
    """Working arrays that are allocated once and used again for every batch.

    Memory that is allocated anew for each batch causes a page fault every 4 KiB, which
    takes a good part of the time that the arithmetic takes.
    """

    def __init__(self, dtype: DTypeLike) -> None:
        self.dtype = np.dtype(dtype)
        self._arrays: dict[str, Array] = {}
        self._rows: dict[str, list[Array]] = {}
        self._ones = np.ones(0, self.dtype)

    def __reduce__(self) -> tuple[type[Buffers], tuple[np.dtype]]:
        """A copy in another process has arrays of its own: what they hold is of no use
        there, and views would come out as copies.
        """
        return Buffers, (self.dtype,)

    def __call__(self, name: str, rows: int, width: int) -> Array:
        """The array (rows, width) of that name, with the contents of its last use.

        The width has to be the same at every call for a name.
        """
        array = self._arrays.get(name)
        if array is None or len(array) < rows:
            array = self._arrays[name] = np.empty((rows, width), self.dtype)
            self._rows.pop(name, None)
        return array[:rows]

    def rows(self, name: str) -> list[Array]:
        """Views (1, width) of all rows of the array of that name.

        They are made once for all uses of the array: to make a view takes half as long
        as to add two rows.
        """
        rows = self._rows.get(name)
        if rows is None:
            array = self._arrays[name]
            rows = self._rows[name] = list(array.reshape(len(array), 1, -1))
        return rows

    def ones(self, rows: int) -> Array:
        """Ones (rows,), not to be changed; a product with them sums rows quickly."""
        if len(self._ones) < rows:
            self._ones = np.ones(rows, self.dtype)
        return self._ones[:rows]

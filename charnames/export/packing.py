"""Packs a header and arrays into one text, which unpack.mjs reads."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.io.strict_json import compact

Arrays = Mapping[str, NDArray[Any]]


class ModuleContents(NamedTuple):
    """What a module holds of a model beside its weights."""

    header: dict[str, Any]
    arrays: Arrays


# The types of numbers, as unpack.mjs calls them.
_TYPES = ("f4", "f2", "i1", "u1", "u4")


def packed(header: Mapping[str, Any], arrays: Arrays) -> str:
    """The header, as JSON, and the arrays, flat, deflated (RFC 1950) and in base64.

    The numbers of an array are float32, float16, int8, uint8 or uint32. All their first
    bytes stand together, then all their second ones, and so on: the bytes of a kind are
    alike, and deflate better.
    """
    entries, planes = [], []
    for name, array in arrays.items():
        values = np.ascontiguousarray(array.reshape(-1))
        kind = values.dtype.str[1:]
        assert kind in _TYPES, f"{name} holds {values.dtype}"
        little_endian = values.astype(f"<{kind}").view(np.uint8)
        planes.append(little_endian.reshape(-1, values.itemsize).T.tobytes())
        entries.append([name, kind, len(values)])
    text = compact({"header": header, "arrays": entries}).encode()
    data = b"".join([len(text).to_bytes(4, "little"), text, *planes])
    return base64.b64encode(zlib.compress(data)).decode()

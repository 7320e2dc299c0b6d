"""What Hypothesis draws from bytes, which is far quicker than part by part."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st


def texts(of: Sequence[str], least: int, most: int) -> st.SearchStrategy[str]:
    """Texts of so many of these parts, from `least` to `most`."""

    def text(data: bytes) -> str:
        return "".join(of[byte % len(of)] for byte in data)

    return st.binary(min_size=least, max_size=most).map(text)

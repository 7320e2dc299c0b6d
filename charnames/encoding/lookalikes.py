"""Characters that are easily mistaken for one another."""

from __future__ import annotations

from collections.abc import Container

_GROUPS = (
    "'\u2019\u2018\u02bb\u02bc\u02be\u02bf\u2032`\u00b4",  # apostrophes, glottal stops
    "-\u2010\u2011\u2012\u2013\u2014\u2212",  # hyphens, dashes, the minus
    " \u00a0\u202f",
)


def lookalike(character: str, known: Container[str]) -> str:
    """One of the known characters that looks like another one, which is not known; ""
    where there is none.

    >>> lookalike("'", "ahik\u02bb"), lookalike("x", "abc")
    ('\u02bb', '')
    """
    for group in _GROUPS:
        if character in group:
            return next((other for other in group if other in known), "")
    return ""

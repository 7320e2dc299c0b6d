"""Filling the template of the page: the only user of Jinja2."""

from __future__ import annotations

import os

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from charnames.experiments.report.contents import Page
from charnames.io.safe_text import escaped
from charnames.version import __version__

_TEMPLATE = "page.html"


def render(page: Page) -> bytes:
    """The page as a file of HTML, in UTF-8."""
    environment = Environment(
        loader=FileSystemLoader(os.path.dirname(__file__)),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template(_TEMPLATE)
    return template.render(page=page, version=__version__).encode()


def _shown(value: object) -> object:
    """A text without control characters, such as bidirectional overrides, and without
    lone surrogates; markup, which is of this package, as it is.
    """
    return escaped(value) if type(value) is str else value

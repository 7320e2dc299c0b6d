"""A model as a web page: one file that works offline and makes no request.

The page runs the ES module of the model in a worker. Texts of the model, such as its
title and its labels, are escaped where they stand in the page, and a content security
policy lets nothing run but the page's own script.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import NamedTuple

from charnames.errors import ExportError
from charnames.export.module import Module
from charnames.io.safe_text import is_harmful
from charnames.models.base import Trained

_FOLDER = Path(__file__).parent / "page"
_ENDING = re.compile(r"\.(txt|tsv|csv|jsonl|ts)$")  # of the file of a list


class _Task(NamedTuple):
    """What the page of one task has: its form, its script, and sentences."""

    form: str
    script: str
    summary: str
    question: str = ""
    verb: str = ""


_TASKS = {
    "generate": _Task(
        "names.html",
        "names.js",
        "Invents new names in the style of {names:,} names.",
    ),
    "classify": _Task(
        "texts.html",
        "texts.js",
        "Tells which label a text has, as learned from {names:,} examples.",
        "Texts, one on each line",
        "Classify",
    ),
    "convert": _Task(
        "texts.html",
        "texts.js",
        "Writes what a text becomes, as learned from {names:,} pairs.",
        "Texts, one on each line",
        "Convert",
    ),
}


def web_page(model: Trained, module: Module, title: str | None = None) -> str:
    """The page of a model whose module that is, as HTML.

    title: its heading; None is the name of the list. Raises ExportError for a title
    with characters that are no text.
    """
    if title is not None and any(map(is_harmful, title)):
        raise ExportError(f"title: {title!a} holds a character that is no text")
    settings = {
        "title": _ENDING.sub("", model.provenance.dataset) if title is None else title,
        "labels": list(model.labels),
        "temperature": model.recipe.temperature,
    }
    return page_of(module.text, {**module.about, **settings})


def page_of(module: str, about: Mapping[str, object]) -> str:
    """The page of an ES module, as HTML. about: what the module says of its model, the
    model's labels, and its temperature.
    """
    task = _TASKS[str(about["task"])]
    style = _read("page.css")
    script = f"{_read('shared.js')}\n{_read(task.script)}"
    data = {"about": about, "module": module, "worker": _read("worker.js")}
    texts = {
        "title": str(about["title"]),
        "summary": task.summary.format(names=about["names"]),
        "origin": str(about["origin"]),
        "version": str(about["version"]),
        "policy": _policy(style, script),
    }
    escaped = {name: html.escape(text) for name, text in texts.items()}
    content = _filled(task.form, question=task.question, verb=task.verb)
    return _filled(
        "frame.html",
        **escaped,
        license=_license(str(about["license"])),
        content=content,
        style=style,
        script=script,
        data=_json(data),
    )


def _policy(style: str, script: str) -> str:
    """The content security policy: the script and the style of the page alone, and
    the blobs that the script makes of the module, which may have WebAssembly. No
    request is allowed.
    """
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; "
        f"script-src '{_hash(script)}' blob: 'wasm-unsafe-eval'; worker-src blob:; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _json(value: object) -> str:
    r"""The value as JSON that ends no <script> element.

    >>> print(_json("</script>"))
    "\u003c/script>"
    """
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def _license(text: str) -> str:
    """The paragraph with the licence, if there is one."""
    if not text:
        return ""
    return f'<p class="license" dir="auto">Licence: {html.escape(text)}</p>'


def _filled(name: str, **texts: str) -> str:
    return Template(_read(name)).substitute(texts)


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")

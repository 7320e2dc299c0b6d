"""The links in the documentation: each leads to a file, and to a heading in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    ROOT / "README.md",
    *sorted((ROOT / "charnames").rglob("*.md")),
    *sorted((ROOT / "tests").rglob("*.md")),
]
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^ {4}.*$|`[^`\n]+`", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def links(text: str) -> list[str]:
    """The targets of the links in a document, except those in code.

    >>> links("a [b](c.md#d), `[e](f)`")
    ['c.md#d']
    """
    return LINK.findall(CODE.sub("", FENCED.sub("", text)))


def anchors(text: str) -> list[str]:
    """The anchors of the headings of a document, as GitHub makes them.

    >>> anchors("# How *good* is it, `make bench`?")
    ['how-good-is-it-make-bench']
    """
    headings = HEADING.findall(FENCED.sub("", text))
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return [heading.replace(" ", "-") for heading in plain]


def leads_somewhere(link: str, document: Path) -> bool:
    """Whether a relative link of the document has its file and its heading."""
    name, _, anchor = link.partition("#")
    target = document.parent / name if name else document
    if not target.exists():
        return False
    return not anchor or anchor in anchors(target.read_text(encoding="utf-8"))


def broken_links(document: Path) -> list[str]:
    """The relative links of a document that lead nowhere."""
    relative = [
        link
        for link in links(document.read_text(encoding="utf-8"))
        if "://" not in link
    ]
    return [link for link in relative if not leads_somewhere(link, document)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: str(d.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    assert broken_links(document) == []


def test_the_documents_lead_to_one_another() -> None:
    seen, waiting = set(), [ROOT / "README.md"]
    while waiting:
        document = waiting.pop().resolve()
        if document not in seen and document.suffix == ".md":
            seen.add(document)
            targets = links(document.read_text(encoding="utf-8"))
            waiting += [
                document.parent / target.partition("#")[0] for target in targets
            ]
    assert seen == set(DOCUMENTS)


def test_a_link_that_leads_nowhere_is_seen(tmp_path: Path) -> None:
    other = tmp_path / "other.md"
    other.write_text("# One\n\n## Two words, `code`\n\n```text\n# no heading\n```\n")
    page = tmp_path / "page.md"
    page.write_text(
        "# Top\n[a](other.md) [b](other.md#two-words-code) [c](#top)\n"
        "[d](gone.md) [e](other.md#three) [f](#bottom) [g](other.md#no-heading)\n"
        "`[h](in-code)`\n\n    [i](in-a-block)\n\n"
    )
    broken = ["gone.md", "other.md#three", "#bottom", "other.md#no-heading"]
    assert broken_links(page) == broken

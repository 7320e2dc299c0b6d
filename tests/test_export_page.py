"""The web page of a model as visitors use it: in Chromium, from a file, offline."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from charnames.export.module import module
from charnames.export.web_page import page_of, web_page
from charnames.models.loading import PRETRAINED, load
from tests.browser import PROGRAM, Browser
from tests.conftest import Inside
from tests.processes import until

pytestmark = pytest.mark.skipif(not PROGRAM, reason="Chromium is not installed")

PICTURES = Path(__file__).parents[1] / "build" / "pictures"  # which git ignores
MODULE = (Path(__file__).parent / "page_module.mjs").read_text(encoding="utf-8")
MARKUP = (
    "<!-- </script><script>window.harm = 1</script><img src=x onerror='harm = 1'>&lt;"
)
ABOUT: dict[str, Any] = {
    "task": "generate",
    "title": "towns",
    "names": 1234,
    "labels": [],
    "temperature": 0.6,
    "precision": "float16",
    "version": "1.2.3",
    "license": "CC0 1.0",
    "origin": "A GRU that learned 1,234 names.",
}

NAMES = "Array.from(document.querySelectorAll('#names button'), (b) => b.textContent)"
STATUS = "document.getElementById('status').textContent"
FINISHED = f"document.getElementById('busy').hidden && {STATUS} !== ''"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


class Visitor:
    """Opens pages, and uses them."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self.browser, self.path = browser, folder / "page.html"

    @property
    def address(self) -> str:
        return self.path.as_uri()

    def open(self, settings: str = "", module: str = MODULE, **about: Any) -> None:
        """Open the page of a module, with settings in the address."""
        self.path.write_text(page_of(module, {**ABOUT, **about}), encoding="utf-8")
        self.go(settings)

    def go(self, settings: str) -> None:
        self.browser.open(self.address + (settings and f"#{settings}"))

    def names(self) -> list[str]:
        """The names, once all have been written."""
        self.browser.until(FINISHED)
        names: list[str] = self.browser.value(NAMES)
        return names

    def click(self, name: str) -> None:
        self.browser.value(f"document.getElementById('{name}').click()")

    def enter(self, **values: object) -> None:
        """Type into fields."""
        for name, value in values.items():
            self.browser.value(f"document.getElementById('{name}').select()")
            self.browser.type(str(value))

    def status(self) -> str:
        text: str = self.browser.value(STATUS)
        return text


@pytest.fixture
def visitor(chromium: Browser, tmp_path: Path) -> Iterator[Visitor]:
    """Whose page, in the end, has asked for nothing and had no error."""
    chromium.show(1200)
    visitor = Visitor(chromium, tmp_path)
    yield visitor
    chromium.value("1")  # reads what Chromium has to tell
    assert {address.partition("#")[0] for address in chromium.requests} == {
        visitor.address
    }
    assert chromium.errors == []


def test_names_appear_and_a_click_gives_others(visitor: Visitor) -> None:
    visitor.open()
    first = visitor.names()
    assert len(set(first)) == 10
    assert visitor.status() == f"10 names: {', '.join(first)}"
    visitor.click("start")
    assert len(set(visitor.names()) - set(first)) == 10


def test_a_link_gives_the_same_names(visitor: Visitor) -> None:
    visitor.open()
    visitor.enter(count=12, prefix="Ca&=#", suffix="ë", minLength=7, maxLength=9)
    visitor.browser.press("Enter", "\r")
    names, link = visitor.names(), visitor.browser.value("location.hash")
    assert len(names) == 12
    assert all(name.startswith("Ca&=#") and name.endswith("ë") for name in names)
    assert {len(name) for name in names} <= {7, 8, 9}
    visitor.go(link[1:])
    assert visitor.names() == names
    assert visitor.browser.value("location.hash") == link


def test_back_gives_the_names_before(visitor: Visitor) -> None:
    visitor.open("seed=one&count=3")
    first = visitor.names()
    visitor.click("start")
    assert visitor.names() != first
    visitor.browser.value("history.back()")
    visitor.browser.until(f"{NAMES}.join() === {','.join(first)!r}")


def test_every_setting_reaches_the_module(visitor: Visitor) -> None:
    visitor.open("seed=1&label=Old+%26+new", labels=["Old & new", "B"])
    assert all(name.endswith("Old & new") for name in visitor.names())
    visitor.browser.value(
        "const s = document.getElementById('temperature'); s.value = 4;"
        "s.dispatchEvent(new Event('input'))"
    )
    visitor.click("novel")
    visitor.click("start")
    for name in visitor.names():
        assert name.startswith("Known") and name.endswith("0.9Old & new")
    assert "wilder" in visitor.browser.value("document.body.innerText")


def test_settings_that_cannot_be_are_brought_into_range(visitor: Visitor) -> None:
    visitor.open("seed=1&count=1e9&temperature=-3&label=none&minLength=x&maxLength=8")
    assert len(visitor.names()) == 10_000
    assert visitor.browser.value("location.hash") == "#seed=1&count=10000&maxLength=8"


def test_markup_in_the_texts_of_the_model_is_text(visitor: Visitor) -> None:
    fields = ("title", "license", "origin", "version")
    visitor.open(**{field: f"{field} {MARKUP}" for field in fields})
    visitor.names()
    text = visitor.browser.value("document.body.textContent.split('{')[0]")
    assert all(f"{field} {MARKUP}" in text for field in fields)
    assert visitor.browser.value("window.harm") is None


def test_markup_in_names_and_labels_is_text(visitor: Visitor) -> None:
    module = f"{MODULE}\n/* {MARKUP} */ const markup = {json.dumps(MARKUP)};"
    settings = f"count=2&prefix={quote(MARKUP)}&maxLength=200&label={quote(MARKUP)}"
    visitor.open(settings, module, labels=[MARKUP, "b"])
    for name in visitor.names():
        assert name.startswith(MARKUP) and name.endswith(MARKUP)
    assert visitor.browser.value("document.getElementById('label').value") == MARKUP
    assert visitor.browser.value("window.harm") is None


def test_no_script_but_its_own_runs(visitor: Visitor) -> None:
    """Should a text come into the page as markup all the same."""
    visitor.open()
    visitor.names()
    visitor.browser.value(
        "document.body.append(document.createRange().createContextualFragment("
        "'<script>window.harm = 1</script>'))"
    )
    assert visitor.browser.value("window.harm") is None
    visitor.browser.errors.clear()  # it says that it was stopped


def test_constraints_that_no_name_meets_are_said_in_words(visitor: Visitor) -> None:
    visitor.open("prefix=0")
    assert visitor.names() == []
    assert visitor.status() == "No name begins with 0."
    visitor.go("prefix=Rare&count=5")
    visitor.browser.until(FINISHED)
    assert len(visitor.names()) == 3
    assert visitor.status().startswith("Only 3 names: no more could be found")


@pytest.mark.parametrize("prefix", ["Endless", "Forever"])
def test_a_search_without_end_is_stopped(visitor: Visitor, prefix: str) -> None:
    with visitor.browser.hastened(30):
        visitor.open(f"prefix={prefix}")
    visitor.browser.until(f"{STATUS} || {NAMES}.length > 1")  # it says that it looks
    visitor.click("stop")
    stopped = visitor.names()
    assert visitor.status() == f"Stopped after {len(stopped):,} names."
    visitor.enter(prefix="A")
    visitor.click("start")
    assert len(visitor.names()) == 10


def test_new_settings_end_the_search_before(visitor: Visitor) -> None:
    visitor.open("prefix=Forever")
    visitor.browser.until(f"{NAMES}.length")
    visitor.enter(prefix="A")
    visitor.click("start")
    names = visitor.names()
    assert len(names) == 10 and all(name.startswith("A") for name in names)


def test_it_is_used_with_the_keyboard(visitor: Visitor) -> None:
    visitor.open("seed=4&count=3")
    first, second, _ = visitor.names()
    focused = "document.activeElement.id || document.activeElement.textContent"
    reached = []
    for _ in range(12):
        visitor.browser.press("Tab")
        reached.append(visitor.browser.value(focused))
    assert reached[:4] == ["count", "minLength", "maxLength", "prefix"]
    assert reached[-4:] == ["copy", "download", "link", first]
    visitor.browser.press("ArrowDown")
    assert visitor.browser.value(focused) == second
    visitor.browser.press("Enter", "\r")
    visitor.browser.until(f"{STATUS} === 'Copied {second}.'")


def test_all_names_are_copied_or_saved(visitor: Visitor, tmp_path: Path) -> None:
    visitor.open("seed=4&count=3", title="Towns / old: <1>")
    names = visitor.names()
    visitor.browser.allow_clipboard()
    visitor.click("copy")
    visitor.browser.until(f"{STATUS} === 'Copied 3 names.'")
    assert visitor.browser.value("navigator.clipboard.readText()") == "\n".join(names)
    visitor.browser.value("navigator.clipboard.writeText = () => Promise.reject()")
    visitor.click("link")
    visitor.browser.until(f"{STATUS} === 'Copied the link.'")
    link = visitor.browser.value("location.href")
    assert visitor.browser.value("navigator.clipboard.readText()") == link
    saved = tmp_path / "Towns-old-1--4.txt"
    visitor.browser.save_to(tmp_path)
    visitor.click("download")
    until(saved.is_file)
    assert saved.read_text(encoding="utf-8").splitlines() == names


def test_everything_that_takes_the_focus_has_a_name(visitor: Visitor) -> None:
    visitor.open("count=2", labels=["a", "b"])
    visitor.names()
    nodes = visitor.browser.call("Accessibility.getFullAXTree")["nodes"]
    named = {}
    for node in nodes:
        properties = {p["name"]: p["value"] for p in node.get("properties", ())}
        if "focusable" in properties and node["role"]["value"] != "RootWebArea":
            named[node["name"]["value"]] = node["role"]["value"]
    assert "" not in named
    assert named["How many"] == "spinbutton" and named["Temperature"] == "slider"
    assert named["Fewest characters"] == named["Most characters"] == "spinbutton"


def test_it_fits_the_window_and_is_legible(visitor: Visitor) -> None:
    long = "Llanfair" * 12
    visitor.open(f"count=200&prefix={long}&maxLength=200", title=long)
    assert len(visitor.names()) == 200
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width, scheme in product([400, 1200], ["light", "dark"]):
        visitor.browser.show(width, scheme=scheme)
        assert visitor.browser.value("document.documentElement.scrollWidth") <= width
        for selector in ("h1", "header p", "#status", "#start", "li button", "footer"):
            assert visitor.browser.contrast(selector) >= 4.5, (selector, scheme)
        visitor.browser.picture(PICTURES / f"full-{scheme}-{width}.png")


def test_a_classifier_asks_for_texts(visitor: Visitor) -> None:
    visitor.open(task="classify", labels=["long", "short"])
    visitor.enter(text="Maximilian!\n\n  Ada \n123")
    visitor.click("start")
    visitor.browser.until(FINISHED)
    assert rows(visitor) == [
        ["Maximilian!", "long 55.0 %", "short 45.0 %, not known: !"],
        ["Ada", "short 85.0 %", "long 15.0 %"],
        ["123", "–", "not known: 1 2 3"],
    ]
    link = visitor.browser.value("location.hash")
    visitor.go(link[1:])
    visitor.browser.until(FINISHED)
    assert [row[0] for row in rows(visitor)] == ["Maximilian!", "Ada", "123"]


def test_a_converter_asks_for_texts_and_a_label(visitor: Visitor) -> None:
    labels = ["old", "new"]
    visitor.open(f"text={quote('Ada')}%0A12&label=new", task="convert", labels=labels)
    visitor.browser.until(FINISHED)
    assert rows(visitor) == [
        ["Ada", "ADAnew 50.0 %", "ada 50.0 %"],
        ["12", "–", "not known: 1 2"],
    ]


def test_a_page_classifies_as_the_command_does(
    visitor: Visitor, learned: Inside
) -> None:
    learned("export", "-m", "kinds-classifier", "-o", "page.html")
    label, share = learned("classify", "-m", "kinds-classifier", "Abba").out.split()
    visitor.go("text=Abba")
    visitor.browser.until(FINISHED)
    assert rows(visitor)[0][:2] == [
        "Abba",
        f"{label} {float(share):.1%}".replace("%", " %"),
    ]


def test_a_page_converts_as_the_command_does(visitor: Visitor, here: Inside) -> None:
    pairs = "".join(f"{word}\t{word.upper()}\n" for word in ("ab", "ba", "aab", "bab"))
    (here.folder / "pairs.txt").write_text(pairs, encoding="utf-8")
    quick = ("--iterations", 60, "--hidden-size", 16, "--seed", 1, "-q")
    here("train", "-d", "pairs.txt", "--task", "convert", *quick, "-o", "pairs")
    here("export", "-m", "pairs", "-o", "page.html")
    text, share = here("convert", "-m", "pairs", "--top", 1, "bba").out.split()
    visitor.go("text=bba")
    visitor.browser.until(FINISHED)
    assert rows(visitor)[0][:2] == [
        "bba",
        f"{text} {float(share):.1%}".replace("%", " %"),
    ]


def rows(visitor: Visitor) -> list[list[str]]:
    """The cells of the table of results."""
    cells: list[list[str]] = visitor.browser.value(
        "Array.from(document.querySelectorAll('tbody tr'), (row) =>"
        "Array.from(row.cells, (cell) => cell.textContent.replace('\\u00a0', ' ')))"
    )
    return cells


def test_a_model_writes_names_in_its_page(visitor: Visitor, inside: Inside) -> None:
    words = ("--license", "CC0 <1.0>", "--title", "New & old metals")
    inside("export", "-m", "elements", "-o", "page.html", *words)
    visitor.go("seed=1&count=30&prefix=Ca&suffix=um&maxLength=9&temperature=1.5")
    names = visitor.names()
    assert len(set(names)) == 30
    assert all(re.fullmatch("Ca[a-z]{0,5}um", name) for name in names)
    visitor.go("seed=1&count=5&prefix=%C3%9F")
    assert visitor.names() == []
    assert visitor.status() == "Beginning: no name of this model holds “ß”."
    text = visitor.browser.value("document.body.innerText")
    assert text.startswith("New & old metals\n")
    assert "trained by charnames" in text and "CC0 <1.0>" in text


def test_a_picture_of_a_page(visitor: Visitor) -> None:
    """It is the one that charnames/export/README.md tells of."""
    model = load(Path(PRETRAINED) / "elements.safetensors")
    page = web_page(model, module(model, "float16", "CC0 1.0"))
    visitor.path.write_text(page, encoding="utf-8")
    visitor.go("seed=7&count=12&suffix=ium")
    assert len(visitor.names()) == 12
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width in (400, 1200):
        visitor.browser.show(width)
        picture = PICTURES / f"elements-{width}.png"
        visitor.browser.picture(picture)
        assert picture.read_bytes().startswith(b"\x89PNG")


def test_markup_in_a_list_is_text(visitor: Visitor, inside: Inside) -> None:
    """In its names, its labels and its own name."""
    marks = "<script>harm=1</script>", "<img src=x onerror=harm=1>"
    rows = [f"{mark}\t{mark}{end}\n" for mark in marks for end in "abcdefgh"]
    (inside.folder / f"{marks[1]}.txt").write_text("".join(rows), encoding="utf-8")
    quick = ("--iterations", 200, "--hidden-size", 32, "--seed", 1, "-q")
    inside("train", "-d", f"{marks[1]}.txt", "--labels", *quick, "-o", "marks")
    inside("export", "-m", "marks", "-o", "page.html")
    visitor.go(f"count=3&prefix={quote(marks[1])}&label={quote(marks[0])}")
    assert all(name.startswith(marks[1]) for name in visitor.names())
    assert visitor.browser.value("document.getElementById('label').value") == marks[0]
    text = visitor.browser.value("document.body.innerText")
    assert text.startswith(marks[1]) and marks[0] in text
    assert visitor.browser.value("window.harm") is None


def test_without_a_license_there_is_no_line_of_it() -> None:
    assert "Licence: CC0 1.0" in page_of(MODULE, ABOUT)
    assert "Licence" not in page_of(MODULE, {**ABOUT, "license": ""})
    assert html.escape("a < b") in page_of(MODULE, {**ABOUT, "license": "a < b"})

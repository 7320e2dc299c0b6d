"""Lists with labels: what is read, what is refused, and what identifies them.

Files are read here as streams; that a path and a stream are read alike is shown of
lists without labels, and once more here.
"""

from __future__ import annotations

import io
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from charnames.data.cleaning import MAX_LABEL, MAX_LENGTH
from charnames.data.name_list import NameList
from charnames.data.names import read_names, read_stdin
from charnames.errors import ListError

unhurried = settings(deadline=None)


def read(content: str | bytes, labels: bool = True) -> NameList:
    data = content if isinstance(content, bytes) else content.encode()
    return read_names(io.BytesIO(data), labels=labels)


def pairs(names: NameList) -> list[tuple[str, str]]:
    assert names.labels is not None
    return list(zip(names.labels, names, strict=True))


def refusal(content: str | bytes, labels: bool = True) -> str:
    """What reading it is refused with: always one line, safe to print."""
    with pytest.raises(ListError) as caught:
        read(content, labels)
    message = str(caught.value)
    assert message.isprintable() and message.startswith("the stream")
    return message.removeprefix("the stream").removeprefix(", ")


# What is read

SPELLINGS = {
    "plain": "da\tBo\nit\tZoé\n",
    "byte_order_mark": "\ufeffda\tBo\nit\tZoé\n",
    "crlf_no_final_newline": "da\tBo\r\nit\tZoé\r",
    "blank_lines": "\n \t \r\n\u3000\nda\tBo\n\t\n\t\t\nit\tZoé\n\n",
    "blanks_round": " da \t Bo\u00a0\n\u3000it\u00a0\t  Zoé \n",
    "decomposed": unicodedata.normalize("NFD", "da\tBo\nit\tZoé\n"),
}


@pytest.mark.parametrize("content", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_labels_and_names_are_read_as_what_they_are(content: str) -> None:
    assert pairs(read(content)) == [("da", "Bo"), ("it", "Zoé")]
    plain = read(content, labels=False)
    assert (plain, plain.labels) == (["Bo", "Zoé"], None)


def test_a_byte_order_mark_is_left_out_wherever_a_line_begins_with_it() -> None:
    entries = pairs(read("\ufeffda\tBo\n\ufeffda\tAda\n"))
    assert entries == [("da", "Bo"), ("da", "Ada")]


def test_labels_with_accents_and_blanks_inside() -> None:
    content = unicodedata.normalize("NFD", "Français du  Québec\tvan den  Berg\n")
    assert pairs(read(content)) == [("Français du  Québec", "van den  Berg")]


def test_a_path_and_standard_input_are_read_with_labels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "list.txt"
    path.write_text("da\tBo\n")
    assert pairs(read_names(path, labels=True)) == [("da", "Bo")]
    assert read_names(path).labels is None
    for labels, expected in ((True, ["da"]), (False, None)):
        stdin = io.TextIOWrapper(io.BytesIO(b"da\tBo\n"))
        monkeypatch.setattr(sys, "stdin", stdin)
        assert read_stdin(labels=labels).labels == expected


def test_without_a_tab_inside_its_first_line_a_list_has_no_labels() -> None:
    assert read("\tAda\t\n \t Bo\n", labels=False) == ["Ada", "Bo"]


def test_names_of_one_label_share_its_text() -> None:
    labels = read("da\tBo\nit\tUgo\nda\tAda\n").labels
    assert labels is not None and labels[0] is labels[2]


def test_a_name_repeats_under_its_own_label_alone() -> None:
    content = "da\tBo\nsv\tBo\nda\tBo\n"
    assert read(content).repeats == 1
    assert read(content, labels=False).repeats == 2


def test_there_are_as_many_labels_as_names() -> None:
    assert NameList(["Bo"], labels=["da"]).labels == ["da"]
    for labels in ([], ["da", "sv"]):
        with pytest.raises(ListError, match=rf"^mine: {len(labels)} labels for 1"):
            NameList(["Bo"], "mine", labels)


# What is refused

TABS = {
    "none": ("da\tBo\n\nAda\n", "line 3: has no tab"),
    "two": ("da\tBo\nda\tBo\tAda\n", "line 2: has 2 tabs"),
    "two_on_the_first_line": ("\nda\tBo\tAda\n", "line 2: has 2 tabs"),
    "one_more_at_the_end": ("da\tBo\nda\tAda\t\n", "line 2: has 2 tabs"),
    "no_name": ("da\tBo\nda\t\n", "line 2: no name"),
    "a_blank_name": ("da\tBo\nda\t \u00a0\r\n", "line 2: no name"),
    "no_label": ("da\tBo\n\tAda\n", "line 2: the label is empty"),
    "a_blank_label": ("da\tBo\n\u3000 \tAda\n", "line 2: the label is empty"),
}


@pytest.mark.parametrize("labels", [True, False])
@pytest.mark.parametrize("fault", TABS)
def test_a_line_that_is_not_label_tab_name(fault: str, labels: bool) -> None:
    content, message = TABS[fault]
    assert refusal(content, labels).startswith(message)


@pytest.mark.parametrize("first", ["Ada", "da\t", "\tAda"])
def test_a_list_without_labels_where_they_are_wanted(first: str) -> None:
    assert refusal(f"\n{first}\nda\tBo\n").startswith("line 2: ")


def test_a_tab_in_a_list_without_labels() -> None:
    message = refusal("Ada\nda\tBo\n", labels=False)
    assert message.startswith("line 2: holds U+0009 (a tab: with labels, every line")


@pytest.mark.parametrize("content", ["", "\n \t\n", "\ufeff"])
def test_an_empty_list_with_labels(content: str) -> None:
    assert refusal(content).startswith(": there is no name in it")


@pytest.mark.parametrize("labels", [True, False])
@pytest.mark.parametrize(
    "line", [b"d\xe9\tBo", b"da\tB\xe9o", b"\xff\tBo", b"da\tBo\xc3"]
)
def test_bytes_of_a_label_or_name_that_are_not_utf_8(line: bytes, labels: bool) -> None:
    start = next(i for i, byte in enumerate(line, 1) if byte > 0x7F)
    message = refusal(b"da\tAda\n" + line + b"\n", labels)
    assert message.startswith(f"line 2: not UTF-8 (byte {start} of the line)")


@pytest.mark.parametrize("labels", [True, False])
@pytest.mark.parametrize("harm", ["\x00", "\x1b", "\r", "\x85", "\u2028", "\u202e"])
def test_harmful_characters_in_a_label_or_name(harm: str, labels: bool) -> None:
    for line in (f"d{harm}a\tBo", f"da\tB{harm}o", f"{harm}da\tBo"):
        message = refusal(f"da\tAda\n{line}\n", labels)
        assert message.startswith(f"line 2: holds U+{ord(harm):04X} (")


def test_a_label_or_name_too_long_by_one() -> None:
    longest = f"{'é' * MAX_LABEL}\t{'é' * MAX_LENGTH}\n"
    assert len(read(longest)) == 1
    message = refusal(f"da\tBo\né{longest}")
    assert message == f"line 2: a label has at most {MAX_LABEL} characters"
    assert refusal(f"da\tBo\nda\té{'é' * MAX_LENGTH}").startswith("line 2: a name has")
    assert refusal(b"da\tBo\n" + b"a" * 100_000).startswith("line 2: a name has")


# Whatever comes

TEXTS = (
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cf")))
    .map(lambda text: unicodedata.normalize("NFC", text).strip())
    .filter(lambda text: 0 < len(text) <= MAX_LABEL)
)


@unhurried
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=6))
def test_a_list_written_and_read_is_the_same(entries: list[tuple[str, str]]) -> None:
    """But for lists that look like other tables, and labels that look like comments."""
    labels, names = zip(*entries, strict=True)
    written = NameList(names, labels=labels)
    assume(not any(label.startswith("# ") for label in labels))
    try:
        loaded = read("".join(f"{line}\n" for line in written.lines()))
    except ListError as error:
        assume("looks like" not in str(error))
        raise
    assert pairs(loaded) == entries
    assert loaded.fingerprint == written.fingerprint


LINES = st.lists(
    st.one_of(
        st.binary(max_size=12),
        st.sampled_from([b"da\tBo", b"\t", b"Ada", b"\xef\xbb\xbf", b"\r", b" "]),
    ),
    max_size=6,
)


@unhurried
@given(LINES, st.booleans())
def test_any_bytes_are_a_list_or_refused(lines: list[bytes], labels: bool) -> None:
    try:
        names = read(b"\n".join(lines), labels)
    except ListError as error:
        assert str(error).isprintable()
        return
    assert names and all(names)
    assert (names.labels is not None) == labels
    if names.labels is not None:
        assert all(names.labels) and len(names.labels) == len(names)


# What identifies a list


def test_the_fingerprint_covers_the_labels() -> None:
    lists = [
        NameList(["Ada", "Bo"]),
        NameList(["Ada", "Bo"], labels=["da", "da"]),
        NameList(["Ada", "Bo"], labels=["da", "it"]),
        NameList(["Ada", "Bo"], labels=["it", "da"]),
        NameList(["aAda", "Bo"], labels=["d", "da"]),
        NameList(["Bo", "Ada"], labels=["da", "da"]),
    ]
    assert len({names.fingerprint for names in lists}) == len(lists)


def test_dropped_labels_leave_no_trace_in_the_fingerprint() -> None:
    names = read("da\tBo\nit\tUgo\n", labels=False)
    assert names.fingerprint == NameList(["Bo", "Ugo"]).fingerprint


# The surnames that come with charnames

ACCENTED = {
    "Czech": ["Dvořák", "Růžička", "Šťastný"],
    "Danish": ["Kjærgaard", "Søndergaard"],
    "Finnish": ["Hämäläinen", "Mäkelä"],
    "French": ["Lefèvre", "Lévêque", "Noël"],
    "German": ["Groß", "Krüger", "Schäfer"],
    "Hungarian": ["Hegedűs", "Szabó", "Szőke"],
    "Polish": ["Gołębiowski", "Wójcik", "Zając", "Ziółkowski"],
    "Portuguese": ["Conceição", "Guimarães", "Simões"],
    "Spanish": ["Ibáñez", "Núñez", "Peña"],
    "Swedish": ["Bäckström", "Åkesson"],
    "Turkish": ["Işık", "Yılmaz", "Coşkun", "Öztürk"],
    "Vietnamese": ["Nguyễn", "Trần", "Đặng"],
}
PARTICLES = {
    "Arabic": ["Al-Masri"],
    "Dutch": ["de Vries", "ter Horst", "van den Berg"],
    "Irish": ["McCarthy", "O'Brien"],
    "Italian": ["D'Angelo", "De Luca"],
    "Portuguese": ["dos Santos"],
    "Spanish": ["de la Cruz"],
}


def by_label(names: NameList) -> dict[str, list[str]]:
    headings: dict[str, list[str]] = {}
    for label, name in pairs(names):
        headings.setdefault(label, []).append(name)
    return headings


def test_the_surnames_are_of_many_languages_and_many_of_each() -> None:
    languages = by_label(read_names("surnames", labels=True))
    assert len(languages) >= 14
    assert min(map(len, languages.values())) >= 70


def test_the_surnames_are_sorted_and_each_stands_once_in_its_language() -> None:
    entries = pairs(read_names("surnames", labels=True))
    assert entries == sorted(set(entries))


@pytest.mark.parametrize("spelt", [ACCENTED, PARTICLES], ids=["accents", "particles"])
def test_the_surnames_are_spelt_as_people_write_them(
    spelt: dict[str, list[str]],
) -> None:
    languages = by_label(read_names("surnames", labels=True))
    for language, names in spelt.items():
        assert set(names) <= set(languages[language])


def test_the_romanised_surnames_have_plain_letters() -> None:
    languages = by_label(read_names("surnames", labels=True))
    for language in ("Arabic", "Greek", "Japanese", "Russian"):
        assert "".join(languages[language]).isascii()


def test_the_surnames_are_an_ordinary_list_too() -> None:
    names = read_names("surnames")
    assert names.labels is None
    assert names == list(read_names("surnames", labels=True))
    assert {"Nguyễn", "Dvořák"} <= set(names)

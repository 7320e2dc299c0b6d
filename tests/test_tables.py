"""Tables: told from lists, read by their columns; encodings; invisible characters."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from charnames.data.file_format import FileFormat
from charnames.data.name_list import NameList, joined
from charnames.data.names import read_names
from charnames.errors import ListError
from charnames.io import lines
from charnames.io.encodings import wide_encoding


def read(content: str | bytes, labels: bool = False, **form: str) -> NameList:
    data = content if isinstance(content, bytes) else content.encode()
    return read_names(io.BytesIO(data), labels, FileFormat(**form))


def refusal(content: str | bytes, labels: bool = False, **form: str) -> str:
    with pytest.raises(ListError) as caught:
        read(content, labels, **form)
    message = str(caught.value)
    assert message.isprintable()
    return message


YEAR = "Emma,F,20355\nOlivia,F,19882\nNoah,M,18000\n"
CENSUS = "SMITH      1.006  1.006   1\nJOHNSON    0.810  1.816   2\n"
QUOTED = 'Name,Sex,"How many"\n"Smith, John",M,"20,355"\nEmma,F,3\nNoah,M,0\n,M,4\n'

TABLES = {
    "name and count": ("Emma\t20355\nOlivia\t19882\n", "--column 1 --count-column 2"),
    "a year's file": (YEAR, "--column 1 --count-column 3"),
    "header": (QUOTED, "--column Name --count-column 'How many'"),
    "semicolons": (YEAR.replace(",", ";"), "--column 1 --count-column 3"),
    "fixed width": (CENSUS, "--column 1 --count-column 2 --delimiter space"),
    "word and count": ("Emma 3\nOlivia 2\n", "--count-column 2 --delimiter space"),
    "uniq -c": ("     12 Emma\n      3 Noah\n", "--column 2 --count-column 1"),
    "name, then label": (
        "Rossi\tItalian\nVerdi\tItalian\nVirtanen\tFinnish\nLaine\tFinnish\n",
        "--column 1 --label-column 2",
    ),
    "as many labels as names": (
        "".join(f"label{i}\tname{i}\n" for i in range(10)),
        "'label0', 'name0'",
    ),
    "one line": ("Ada,Grace,Alan,Edsger\n", "4 names on one line (Ada, Grace, Alan"),
    "lines of names": ("Ada, Grace, Alan,\nEdsger, Donald, Ken, Dennis\n", "'Ada'"),
    "numbers": ("1\t0.5\t0.25\n2\t0.5\t0.125\n", ".jsonl and .ts files, with --task"),
    "JSON": ('[\n{"label": "a"}\n]\n', "looks like JSON"),
}


@pytest.mark.parametrize(("content", "text"), TABLES.values(), ids=TABLES.keys())
def test_fault_32_a_table_is_not_read_as_a_list(content: str, text: str) -> None:
    for labels in (False, True):
        message = refusal(content, labels)
        assert text in message and message.startswith("the stream")
    assert "column 0" in message or "JSON" in message


NUMBERED = {
    "first column": ("id;surname\n1;Jansen\n2;Bakker\n3;Visser\n", "--column surname,"),
    "beside counts": (
        "1,Emma,20355\n2,Olivia,19882\n3,Noah,18000\n",
        "--column 2 --count-column 3,",
    ),
    "last column": ("Emma,1\nOlivia,2\nNoah,3\n", "--column 1,"),
    "rank before share": (
        "SMITH 1 1.006\nJONES 2 0.621\nBROWN 3 0.6\n",
        "--column 1 --count-column 3 --delimiter space,",
    ),
}


@pytest.mark.parametrize("table", NUMBERED.values(), ids=NUMBERED.keys())
def test_numbers_of_rows_are_not_offered_as_counts(table: tuple[str, str]) -> None:
    content, options = table
    assert options in refusal(content)


LISTS = {
    "some commas": "Good, the Bad\nPsycho\nVertigo\nM\n",
    "some numbers": "Apollo 13\nPsycho\nSe7en\n",
    "all numbers": "1917\n300\n8\n",
    "one name with a comma": "Countess, Ada\n",
    "hashes": "#one\n#two\n",
}


@pytest.mark.parametrize("content", LISTS.values(), ids=LISTS.keys())
def test_a_list_is_no_table(content: str) -> None:
    assert read(content) == content.splitlines()


def test_lines_are_taken_whole() -> None:
    assert read(YEAR, column="0") == YEAR.splitlines()
    assert read("# a\nAda\n", column="0") == ["# a", "Ada"]


def test_names_and_counts() -> None:
    names = read(YEAR, column="1", count_column="3")
    assert names == ["Emma", "Olivia", "Noah"]
    assert names.weights == [20355, 19882, 18000] and names.labels is None
    assert names.notices == []
    assert read(CENSUS, column="1", count_column="2", delimiter="space").weights == [
        1.006,
        0.810,
    ]


def test_columns_by_name_and_rows_without_a_name_or_count() -> None:
    names = read(QUOTED, True, column="name", label_column="Sex", count_column="3")
    assert list(zip(names, names.labels or (), names.weights or (), strict=True)) == [
        ("Smith, John", "M", 20355),
        ("Emma", "F", 3),
    ]
    assert names.notices == [
        "the first row is the header: Name, Sex, How many",
        "1 row with a count of 0: left out",
        "1 row without a name: left out",
    ]


def test_a_column_that_is_left_over_needs_no_word() -> None:
    assert read("Emma\t3\nAda\t2\n", count_column="2") == ["Emma", "Ada"]
    names = read("Rossi;it\nLaine;fi\n", True, column="1")
    assert (names, names.labels) == (["Rossi", "Laine"], ["it", "fi"])
    assert "say which of the 3 columns" in refusal(YEAR, count_column="3")
    assert "--label-column" in refusal(YEAR, True, column="1")


def test_equal_names_of_a_label_are_one_with_their_counts_added() -> None:
    table = "Jo,F,3\nJo,M,2\nJo,F,1\n"
    names = read(table, column="1", count_column="3")
    assert (names, names.weights, names.repeats) == (["Jo"], [6], 0)
    names = read(table, True, column="1", label_column="2", count_column="3")
    assert (names.labels, names.weights) == (["F", "M"], [4, 2])


REFUSED = {
    "no number": (
        "Ada,3\nEmma,x\n",
        {"column": "1", "count_column": "2"},
        "line 2, column 2: ",
    ),
    "harmful": ("3,A\x07a\n", {"column": "2"}, "line 1, column 2: holds U+0007"),
    "long": (f"3,{'a' * 1001}\n", {"column": "2"}, "line 1, column 2: a name has"),
    "no label": (
        "Ada,\nBo,x\n",
        {"column": "1", "label_column": "2"},
        "line 1, column 2: the label is empty",
    ),
    "negative": ("Emma,-1\n", {"column": "1", "count_column": "2"}, "'-1'"),
    "too large": ("Emma,1e999\n", {"column": "1", "count_column": "2"}, "'1e999'"),
    "no such column": (YEAR, {"column": "4"}, "no column '4'; the columns are 1 'E"),
    "misspelt": (QUOTED, {"column": "Nam"}, "did you mean 'Name'?"),
    "too many": ("a,b\nc,d,e\n", {"column": "1"}, "line 2: has 3 columns, and the"),
    "too few": ("a,b\nc\n", {"column": "2"}, "line 2: has 1 columns"),
    "quotes": ('a,b\n"c,d\n', {"column": "1"}, "line 2: unexpected end of data"),
    "empty": ("\n", {"column": "1"}, "there is no name in it"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_table_that_cannot_be_read(case: str) -> None:
    content, form, text = REFUSED[case]
    assert text in refusal(content, **form)


@pytest.mark.parametrize(
    "form",
    [
        {"delimiter": ";;"},
        {"delimiter": '"'},
        {"encoding": "no-such"},
        {"encoding": "hex"},
        {"column": "0", "count_column": "1"},
        {"column": "1", "label_column": "0"},
    ],
)
def test_a_format_that_cannot_be(form: dict[str, str]) -> None:
    with pytest.raises(ListError):
        FileFormat(**form)


def test_fault_32_a_file_that_is_a_table_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text('name\nEmma\n"Smith, John"\n')
    names = read_names(path)
    assert names == ["Emma", "Smith, John"]
    assert names.notices == ["the first row is the header: name"]
    path.write_text("Emma;3\nAda;2\n")
    assert read_names(path, form=FileFormat(column="1")) == ["Emma", "Ada"]
    path = tmp_path / "names.tsv"
    path.write_text("Emma, Ada\t3\nBo, Eve\t2\n")
    names = read_names(path, form=FileFormat(column="1", count_column="2"))
    assert (names, names.weights) == (["Emma, Ada", "Bo, Eve"], [3, 2])


# Spreadsheets write .csv with semicolons where a comma separates decimals.
NAMED_CSV = {
    "semicolons": ("Nr;Name\n1;Ada\n2;Bo\n", {}),
    "quoted": ('"Nr";"Name";"Note"\r\n"1";"Ada";"a; b"\r\n"2";"Bo";""\r\n', {}),
    "commas inside": ('"Nr";"Name, short"\n"1";"Ada"\n"2";"Bo"\n', {"column": "2"}),
    "tabs": ("Nr\tName\tNote\n1\tAda\tx\n2\tBo\t\n", {}),
    "bars": ("Nr|Name\n1|Ada\n2|Bo\n", {}),
}


@pytest.mark.parametrize("case", NAMED_CSV)
def test_fault_32_a_csv_file_with_another_delimiter(case: str, tmp_path: Path) -> None:
    content, form = NAMED_CSV[case]
    path = tmp_path / "names.csv"
    path.write_bytes(content.encode())
    with pytest.raises(ListError, match=r"looks like a row of a table with [23] col"):
        read_names(path)
    names = read_names(path, form=FileFormat(**(form or {"column": "name"})))
    assert names == ["Ada", "Bo"]


def test_a_csv_file_of_one_column_may_have_numbers(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text('"Area 51"\nApollo 13\n"Bo; Eve"\n')
    assert read_names(path) == ["Area 51", "Apollo 13", "Bo; Eve"]
    assert read_names(path, form=FileFormat(column="1")) == read_names(path)


def test_comments_are_left_out_and_counted() -> None:
    names = read("# the names\n#\nAda\n#hashtag\n")
    assert names == ["Ada", "#hashtag"]
    assert names.notices == ["2 lines that begin with #: left out"]
    assert read("# x\nname,n\nAda,3\n", column="name") == ["Ada"]


def test_lists_are_joined() -> None:
    first = NameList(["Ada", "Bo"], "a", weights=[2, 3])
    both = joined([first, NameList(["Bo", "Eve"], "b")])
    assert (both, both.weights, both.source) == (
        ["Ada", "Bo", "Eve"],
        [2, 4, 1],
        "a, b",
    )
    plain = joined([NameList(["Ada"], "a"), NameList(["Ada"], "b")])
    assert (plain, plain.weights, plain.repeats) == (["Ada", "Ada"], None, 1)
    with pytest.raises(ListError, match="all lists have labels"):
        joined([first, NameList(["Bo"], "b", ["x"])])


def test_weights_are_part_of_the_fingerprint() -> None:
    prints = {
        NameList(["Ada", "Bo"], weights=weights).fingerprint
        for weights in (None, [1, 1], [1, 2])
    }
    assert len(prints) == 3


# Encodings

NAMES = ["Zoé", "Анна", "北京"]
TEXT = "\n".join(NAMES)


@pytest.mark.parametrize(
    "encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_byte_order_mark_names_the_encoding(
    encoding: str, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = ("\ufeff" + TEXT.replace("\n", end) + end).encode(encoding)
    assert read(content) == NAMES
    monkeypatch.setattr(lines, "_CHUNK", 509)  # bytes, which end at any place of a name
    many = (f"\ufeff{'Ada' + end}" * 1000).encode(encoding)
    assert read(many) == ["Ada"] * 1000


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1252", "Léon"),
        ("cp1251", "Анна Ёлкина"),
        ("koi8-r", "Анна"),
        ("shift_jis", "山田"),
        ("gb18030", "北京"),
    ],
)
def test_a_likely_encoding_is_named_and_read(encoding: str, name: str) -> None:
    content = f"Ada\n{name}\n".encode(encoding)
    message = refusal(content)
    assert "line 2: not UTF-8 (byte " in message
    assert f"it looks like {encoding}: say --encoding {encoding}" in message
    assert read(content, encoding=encoding) == ["Ada", name]


def test_bytes_that_are_not_in_the_encoding() -> None:
    assert "line 2: not ascii" in refusal("Ada\nZoé\n", encoding="ascii")
    assert "not utf-16-le" in refusal(b"\xff\xfeA\x00d\x00\n")
    assert "looks like utf-16-le" in refusal(b"Z\x00o\x00\xe9\x00\n\x00")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"PK\x03\x04\x14\0names", "looks like a spreadsheet or another zip file"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "looks like a spreadsheet of an old kind",
        ),
        (b"\x1f\x8b\x08\0\0\0\0\0", "is compressed by gzip"),
    ],
)
def test_a_file_that_is_no_text_is_called_what_it_is(content: bytes, text: str) -> None:
    for form in ({}, {"column": "Name"}, {"encoding": "cp1252"}):
        assert refusal(content, **form).startswith(f"the stream, line 1: {text}")


def test_carriage_returns_alone_end_lines() -> None:
    assert read(b"Ada\rBo\r\rZo\xc3\xa9") == ["Ada", "Bo", "Zoé"]
    assert read(b"da\tBo\rit\tUgo\r", True).labels == ["da", "it"]
    assert "line 3: not UTF-8" in refusal(b"Ada\rBo\rZo\xe9\r")


# Invisible characters


def test_invisible_characters_without_a_use_are_left_out_and_counted() -> None:
    names = read("Ada\n\ufeffBo\u200b\nSof\u00adt\n\u200eEve\nJo\u200dy\n")
    assert names == ["Ada", "Bo", "Soft", "Eve", "Joy"]
    (notice,) = names.notices
    for text in ("U+FEFF", "U+200B", "U+00AD", "U+200E", "U+200D", "1 × "):
        assert text in notice


@pytest.mark.parametrize(
    "name",
    [
        "\u06cc\u200c\u0645",  # Persian, a non-joiner between letters
        "\u0915\u094d\u200d\u0937",  # Devanagari, a joiner after a virama
        "\U0001f469\u200d\U0001f4bb",  # an emoji of two
        "\U0001f469\U0001f3fd\u200d\U0001f4bb",  # with a skin tone
        "\u0e2a\u200b\u0e21",  # Thai, a word break
        "\u05d0\u200f!",  # Hebrew, a directional mark
    ],
)
def test_invisible_characters_that_a_script_uses_stay(name: str) -> None:
    names = read(f"{name}\n")
    assert names == [name] and names.notices == []


@pytest.mark.parametrize(
    "text", ["Ada\nBo\n", "Анна\nЮрий\n", "नील\nअमित\n", "דוד\nשרה\n"]
)
@pytest.mark.parametrize(
    "encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
)
def test_wide_text_without_a_mark_is_recognised(encoding: str, text: str) -> None:
    content = text.encode(encoding)
    message = refusal(content)
    assert f"line 1: looks like {encoding} without a byte-order mark" in message
    assert f"--encoding {encoding}" in message
    assert read(content, encoding=encoding) == text.split()


def test_control_characters_alone_are_no_wide_text() -> None:
    for content in (b"A\0da\n", b"\0Ada\n", b"\x1b[2J\n", b"A\0\n"):
        assert "holds U+" in refusal(content)


@pytest.mark.parametrize("line", ["a\tb\tc\td\n", "a\nb\nc\nd\ne\n", "\0" * 9])
def test_breaks_and_zeros_are_no_wide_encoding(line: str) -> None:
    assert wide_encoding(line.encode()) == ""


def test_a_first_line_that_names_a_column_is_told() -> None:
    names = read("First name\nAda\nBo\n")
    assert names == ["First name", "Ada", "Bo"]
    (notice,) = names.notices
    assert "'First name', is read as a name" in notice
    assert "--column 'First name'" in notice
    for labels in (False, True):
        names = read("Language\tName\nit\tVerdi\nfi\tLaine\n", labels)
        assert names[0] == "Name"
        *left_out, notice = names.notices
        assert len(left_out) == (not labels)  # the labels, where they are not wanted
        assert "is read as a label and a name; if it is a header, say" in notice
        assert notice.endswith("--column Name")
        form = {"column": "Name"}
        assert read("Language\tName\nit\tVerdi\n", labels, **form) == ["Verdi"]
    assert read("First name\nAda\nBo\n", column="First name") == ["Ada", "Bo"]
    assert read("Ada\nName\n").notices == []
    assert read("name\n").notices == []

"""What is installed is all that a user needs: built, put into an environment of its
own, and run from another folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import click
import numpy
import pytest
import rich

from charnames.cli import COMMANDS

ROOT = Path(__file__).parents[1]


def built(target: str, source: Path, folder: Path) -> Path:
    """The wheel or sdist of the project in `source`."""
    words = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", folder]
    subprocess.run(words, cwd=source, check=True, capture_output=True)
    (path,) = folder.iterdir()
    return path


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpacked."""
    folder = tmp_path_factory.mktemp("dist")
    packed = built("sdist", ROOT, folder / "sdist")
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    return folder / packed.name.removesuffix(".tar.gz")


@pytest.fixture(scope="module")
def wheel(sdist: Path) -> Path:
    """Built from the sdist, as an installer does: so that holds all that it takes."""
    return built("wheel", sdist, sdist.parent / "wheel")


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `charnames` of an environment that holds the wheel, and else only what it
    depends on, lent by the environment of the tests."""
    folder = tmp_path_factory.mktemp("environment")
    words = [sys.executable, "-m", "venv", "--without-pip", folder]
    subprocess.run(words, check=True)
    paths = {"base": str(folder), "platbase": str(folder)}
    site = Path(sysconfig.get_path("purelib", "posix_prefix", paths))
    lent = {str(Path(m.__file__).parents[1]) for m in (numpy, click, rich)}
    (site / "lent.pth").write_text("\n".join(sorted(lent)), encoding="utf-8")
    words = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index"]
    words += ["--quiet", "--target", site, wheel]
    subprocess.run(words, check=True)
    return folder / "bin" / "python"


def run(python: Path, folder: Path, *words: str) -> str:
    environment = {"PATH": "/usr/bin:/bin", "XDG_DATA_HOME": str(folder)}
    ended = subprocess.run(
        [python, "-m", "charnames", *words],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return ended.stdout


def test_the_lists_are_in_the_wheel(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    lists = {path.name for path in (ROOT / "datasets").iterdir()}
    assert {f"charnames/datasets/{name}" for name in lists} <= set(names)
    assert "charnames/py.typed" in names
    assert not [name for name in names if name.startswith(("tests/", "datasets/"))]


def test_the_javascript_of_modules_is_in_the_wheel(wheel: Path) -> None:
    folder = ROOT / "charnames" / "export" / "javascript"
    files = {f"charnames/export/javascript/{path.name}" for path in folder.iterdir()}
    assert len(files) > 10 and files <= {*zipfile.ZipFile(wheel).namelist()}


def test_the_parts_of_pages_are_in_the_wheel(wheel: Path) -> None:
    folder = ROOT / "charnames" / "export" / "page"
    files = {f"charnames/export/page/{path.name}" for path in folder.iterdir()}
    assert len(files) > 5 and files <= {*zipfile.ZipFile(wheel).namelist()}


def test_the_documentation_is_in_the_sdist_alone(sdist: Path, wheel: Path) -> None:
    folders = [ROOT / "charnames", ROOT / "tests"]
    documents = [ROOT / "README.md", *(p for f in folders for p in f.rglob("*.md"))]
    paths = {path.relative_to(ROOT) for path in documents}
    assert {path.relative_to(sdist) for path in sdist.rglob("*.md")} == paths
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if name.endswith(".md")]


def test_it_is_the_installed_one_that_runs(installed: Path, tmp_path: Path) -> None:
    program = "import charnames; print(charnames.__file__)"
    ended = subprocess.run(
        [installed, "-c", program], cwd=tmp_path, check=True, capture_output=True
    )
    assert str(installed.parents[1]) in ended.stdout.decode()


def test_the_models_are_in_the_wheel(wheel: Path) -> None:
    folder = ROOT / "charnames" / "pretrained"
    models = {path.name for path in folder.glob("*.safetensors")}
    assert {"elements.safetensors", "movies.safetensors"} <= models
    assert {f"charnames/pretrained/{name}" for name in models} <= set(
        zipfile.ZipFile(wheel).namelist()
    )


def test_the_template_of_the_page_is_in_the_wheel(wheel: Path) -> None:
    template = "charnames/experiments/report/page.html"
    assert template in zipfile.ZipFile(wheel).namelist()


def test_how_the_base_model_is_made_is_in_the_sdist_alone(
    sdist: Path, wheel: Path
) -> None:
    folder = ROOT / "charnames" / "pretrained" / "base"
    files = {path.relative_to(ROOT) for path in folder.rglob("*.py")}
    there = (sdist / "charnames" / "pretrained" / "base").rglob("*.py")
    assert files and {path.relative_to(sdist) for path in there} == files
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if name.startswith("charnames/pretrained/base/")]


def test_it_samples_before_anything_is_trained(installed: Path, tmp_path: Path) -> None:
    assert len(run(installed, tmp_path, "sample").splitlines()) == 10
    assert len(run(installed, tmp_path, "sample", "-m", "movies").splitlines()) == 10
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_a_man_page_a_command_is_in_the_sdist(sdist: Path, command: str) -> None:
    name = f"charnames-{command}" if command else "charnames"
    page = sdist / "man" / f"{name}.1"
    source = page.read_text(encoding="utf-8")
    assert ".SH DESCRIPTION" in source and "Examples:" in source
    assert r"\-\-quiet" in source and "\b" not in source
    if command == "train":
        headings = [".SS What to learn", ".SS Network", ".SS Training", ".SS Stopping"]
        parts = source.splitlines()
        places = [
            parts.index(line) for line in [*headings, ".SS Output", ".SS General"]
        ]
        assert places == sorted(places)
        cell = next(i for i, line in enumerate(parts) if r"\-\-cell" in line)
        assert places[1] < cell < places[2]
    if not shutil.which("man"):
        pytest.skip("there is no man to show the page")
    words = ["man", "--warnings", "--local-file", page]
    shown = subprocess.run(words, check=True, capture_output=True, text=True)
    assert shown.stderr == ""
    assert f"charnames {command}".strip() in shown.stdout


def test_the_man_pages_are_installed(installed: Path) -> None:
    pages = {path.stem for path in installed.parents[1].rglob("share/man/man1/*.1")}
    assert pages == {"charnames", *(f"charnames-{command}" for command in COMMANDS)}


def test_an_sdist_can_be_made_of_an_sdist(sdist: Path) -> None:
    assert built("sdist", sdist, sdist.parent / "again").name == f"{sdist.name}.tar.gz"


def test_it_trains_and_samples_in_another_folder(
    installed: Path, tmp_path: Path
) -> None:
    report = run(
        installed, tmp_path, "train", "-d", "movies", "--iterations", "20", "--seed=1"
    )
    assert "iteration 20" in report
    assert len(run(installed, tmp_path, "sample", "-n", "5").splitlines()) == 5

"""The shape of the package: what imports what, and what nothing may import."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import charnames
from charnames.cli import COMMANDS
from charnames.nn.cells import CELLS
from charnames.recipes import recipe

PACKAGE = Path(charnames.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

# The wings from the ground up. A file imports its own wing, and wings of lower rows.
FLOORS = [
    {"charnames.version", "charnames.errors"},
    {"charnames.random_streams", "charnames.suggestions"},
    {"charnames.nn", "charnames.io"},
    {"charnames.data"},
    {"charnames.encoding"},
    {"charnames.recipes", "charnames.prediction"},
    {"charnames.generation", "charnames.model_file"},
    {"charnames.models"},
    {"charnames.training"},
    {"charnames.evaluation"},
    {"charnames.experiments"},
    {"charnames.export"},
    {"charnames.pretrained"},
    {"charnames"},  # the public names, each imported when it is used
    {"charnames.cli"},
    {"charnames.__main__"},
]
FLOOR = {wing: number for number, wings in enumerate(FLOORS) for wing in wings}

_ON_PLOTS = ("classifier", "converter", "language_model", "letters", "training")
# What stands on an optional extra; it is imported where a command needs it, and not
# before.
EXTRAS = {
    "charnames.experiments.cluster": {"distributed"},
    "charnames.experiments.plotting.attention": {"matplotlib"},
    "charnames.experiments.plotting.classification": {"matplotlib"},
    "charnames.experiments.plotting.curves": {"matplotlib"},
    "charnames.experiments.plotting.drawing": {"matplotlib"},
    "charnames.experiments.plotting.names": {"matplotlib"},
    **{f"charnames.experiments.report.{name}": set() for name in _ON_PLOTS},
    "charnames.experiments.report.page": {"jinja2"},
    "charnames.experiments.tuning.study": {"optuna"},
    "charnames.generation.constraints.regex_syntax": {"greenery"},
}

# The extra that the base model is made from. Each file imports in functions what it
# reads, so that all of them can be loaded without it.
_LISTS = "charnames.pretrained.base.lists"
PRETRAIN = {
    f"{_LISTS}.cldr": {"babel"},
    f"{_LISTS}.fakers": {"faker"},
    f"{_LISTS}.invented": {"faker_pokemon", "mapwright"},
    f"{_LISTS}.people": {"unique_names_generator"},
    f"{_LISTS}.science": {"drug_named_entity_recognition", "faker_animals"},
    f"{_LISTS}.things": {"faker_education", "faker_food", "faker_vehicle"},
    f"{_LISTS}.titles": {"faker_books"},
    f"{_LISTS}.words": {"english_words"},
}

# Where a module is loaded by a name that is put together, and what that name begins
# with.
LOADERS = {
    "charnames": r"charnames\.[a-z.]*",
    "charnames.cli": r"charnames\.[a-z.]*",
    f"{_LISTS}.fakers": r"faker\.providers\.",
}

# They run what they read, call into other libraries, start programs or reach for the
# network.
UNSAFE = (
    {"pickle", "shelve", "marshal", "copyreg", "yaml", "dill", "cloudpickle", "joblib"}
    | {"code", "codeop", "runpy", "zipimport", "imp", "ctypes", "cffi"}
    | {"subprocess", "multiprocessing", "concurrent", "pty", "asyncio"}
    | {"socket", "socketserver", "ssl", "http", "urllib", "requests", "ftplib"}
    | {"smtplib", "xmlrpc", "webbrowser"}
)
# Work is done side by side by copies of this Python, which one room starts, and others
# ask it to; or by those of a cluster, at an address that the user gave.
PROCESSES = {
    "charnames.experiments.workers": {"concurrent", "multiprocessing"},
    "charnames.experiments.cluster": {"concurrent"},
}
UNSAFE_NAMES = {"eval", "exec", "compile", "__import__", "breakpoint"}
UNSAFE_IN_MODULES = re.compile(
    r"os\.(system|popen|exec|spawn|posix_spawn|fork)|"
    r"(np|numpy)\.(load$|loadtxt|genfromtxt|fromfile|memmap|ctypeslib|f2py)"
)
UNSAFE_SETTINGS = {"shell", "allow_pickle"}


def module_name(path: Path) -> str:
    """charnames/nn/cells/__init__.py -> charnames.nn.cells"""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def wing(module: str) -> str:
    """charnames.nn.cells.rnn -> charnames.nn"""
    return ".".join(module.split(".")[:2])


def modules_in(nodes: Iterator[ast.AST]) -> Iterator[str]:
    """The modules that the import statements among the nodes name."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module and not node.level, "imports are absolute"
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name if is_module(name) else node.module for name in names)


@cache
def is_module(name: str) -> bool:
    """Whether `from a import b` names a file of the package, as in charnames.nn."""
    path = PACKAGE.parent.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    return (*ast.walk(tree),)


@pytest.fixture(autouse=True, scope="module")
def forgotten_after_all() -> Iterator[None]:
    """Trees are large; no other test is to carry them along."""
    yield
    parsed.cache_clear()
    nodes.cache_clear()


@cache
def all_imports(path: Path) -> frozenset[str]:
    return frozenset(modules_in(iter(nodes(parsed(path)))))


@cache
def imports_when_loaded(path: Path) -> frozenset[str]:
    """The imports that loading the module runs: none in functions, none for type
    checkers alone.
    """
    return frozenset(modules_in(_loaded(parsed(path))))


def _loaded(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        yield child
        yield from _loaded(child)


def top(module: str) -> str:
    return module.split(".")[0]


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


each_file = pytest.mark.parametrize("path", FILES, ids=map(module_name, FILES))


def own_imports(path: Path) -> set[str]:
    """The modules of the package that a file imports: anywhere in it, for type checkers
    alone, or by a name that is put together when it is asked for.
    """
    names = {name for name in all_imports(path) if within(name, "charnames")}
    if module_name(path) == "charnames.cli":
        names |= {f"charnames.cli.commands.{command}" for command in COMMANDS}
    return names


def is_upward(here: str, other: str) -> bool:
    """Whether it is against the rule that the file `here` imports the module."""
    return wing(here) != wing(other) and FLOOR[wing(other)] >= FLOOR[wing(here)]


def cycles(imports: dict[str, set[str]]) -> list[str]:
    """The files that import themselves through others, in order."""

    def reached(file: str) -> set[str]:
        seen: set[str] = set()
        waiting = [file]
        while waiting:
            new = imports.get(waiting.pop(), set()) - seen
            seen |= new
            waiting += new
        return seen

    return [file for file in sorted(imports) if file in reached(file)]


def test_files_and_functions_are_short() -> None:
    for path in FILES:
        assert path.read_text(encoding="utf-8").count("\n") < 300, path
        assert [*long_functions(parsed(path))] == [], path


def long_functions(tree: ast.Module) -> Iterator[str]:
    """The functions of 60 lines or more, with their decorators not counted."""
    for node in nodes(tree):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno
            if node.end_lineno - node.lineno + 1 >= 60:
                yield node.name


# What the names of variables and functions do not say: what a thing is.
_NO_NOUNS = {"found", "said", "told", "one", "begun", "asked", "took"}
# What versions 1 and 2 wrote depended on the task; see its comments.
_ASK_FOR_A_TASK = {"charnames.model_file.upgrade"}


def test_things_are_called_by_nouns() -> None:
    for path in FILES:
        assert {*stored_names(parsed(path))} & _NO_NOUNS == set(), path


def stored_names(tree: ast.Module) -> Iterator[str]:
    """The names that a file gives to functions, arguments, variables and fields."""
    for node in nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield node.name.strip("_")
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id.strip("_")
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr.strip("_")


def test_what_depends_on_the_task_is_in_a_table() -> None:
    for path in FILES:
        if module_name(path) not in _ASK_FOR_A_TASK:
            assert [*comparisons_with_tasks(parsed(path))] == [], path


def comparisons_with_tasks(tree: ast.Module) -> Iterator[str]:
    """The comparisons with the name of a task."""
    for node in nodes(tree):
        if isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                if isinstance(side, ast.Constant) and side.value in recipe.TASKS:
                    yield ast.unparse(node)


@each_file
def test_imports_go_downward_only(path: Path) -> None:
    here = module_name(path)
    imports = own_imports(path)
    unplaced = {wing(here), *map(wing, imports)} - set(FLOOR)
    assert not unplaced, "give it a place in FLOORS"
    upward = {module for module in imports if is_upward(here, module)}
    assert upward == set()


def test_no_two_files_import_each_other_by_any_way() -> None:
    imports = {module_name(path): own_imports(path) for path in FILES}
    assert cycles(imports) == []


def test_cycles_are_seen() -> None:
    imports = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set[str](), "e": {"e"}}
    assert cycles(imports) == ["b", "c", "e"]
    assert is_upward("charnames.io.files", "charnames.data.names")
    assert is_upward("charnames.io.files", "charnames.nn.cells")
    assert not is_upward("charnames.io.files", "charnames.io.lines")
    assert not is_upward("charnames.data.names", "charnames.io.lines")


def test_what_the_package_offers_is_what_type_checkers_are_told() -> None:
    """So its imports by name are among those that the other tests see."""
    homes = {f"charnames.{home}" for home in charnames._MODULES.values()}
    assert homes | {"charnames.version"} == own_imports(PACKAGE / "__init__.py")
    assert sorted(charnames._MODULES) == sorted(charnames.__all__)


def test_the_package_loads_nothing_of_its_own() -> None:
    loaded = imports_when_loaded(PACKAGE / "__init__.py")
    assert loaded <= {"__future__", "typing", "importlib", "charnames.version"}


@each_file
def test_only_numpy_click_and_rich_come_from_outside(path: Path) -> None:
    outside = {top(module) for module in all_imports(path)} - set(
        sys.stdlib_module_names
    )
    here = module_name(path)
    extra = EXTRAS.get(here, set()) | PRETRAIN.get(here, set())
    assert outside <= {"charnames", "numpy", "click", "rich", *extra}


@each_file
def test_nothing_loads_what_need_not_be_installed(path: Path) -> None:
    if module_name(path) not in EXTRAS:
        assert imports_when_loaded(path).isdisjoint(EXTRAS)


@each_file
def test_what_the_base_model_is_made_from_is_not_loaded_with_a_file(path: Path) -> None:
    loaded = {top(module) for module in imports_when_loaded(path)}
    assert loaded.isdisjoint(set().union(*PRETRAIN.values()))


@each_file
def test_nothing_unsafe_is_imported(path: Path) -> None:
    allowed = PROCESSES.get(module_name(path), set())
    assert {top(module) for module in all_imports(path)} & UNSAFE == allowed


@each_file
def test_only_the_command_line_knows_click_and_rich(path: Path) -> None:
    here = module_name(path)
    if not within(here, "charnames.cli") and here != "charnames.__main__":
        assert {top(module) for module in all_imports(path)} & {
            "click",
            "rich",
        } == set()


@each_file
def test_the_engine_knows_numpy_and_itself(path: Path) -> None:
    if within(module_name(path), "charnames.nn"):
        for module in all_imports(path):
            known = top(module) in {"numpy", *sys.stdlib_module_names}
            assert known or within(module, "charnames.nn"), module


def dangers(tree: ast.Module) -> Iterator[str]:
    """What could run a text as code, start a program or unpickle."""
    for node in nodes(tree):
        if isinstance(node, ast.Name) and node.id in UNSAFE_NAMES:
            yield node.id
        elif isinstance(node, ast.Attribute):
            if UNSAFE_IN_MODULES.match(name := ast.unparse(node)):
                yield name
        elif isinstance(node, ast.keyword) and node.arg in UNSAFE_SETTINGS:
            yield node.arg


@each_file
def test_nothing_is_executed_as_code(path: Path) -> None:
    assert [*dangers(parsed(path))] == []


@each_file
def test_what_is_imported_by_a_name_is_of_one_package(path: Path) -> None:
    """And only where a module is loaded when it is asked for."""
    calls = [node for node in nodes(parsed(path)) if isinstance(node, ast.Call)]
    loads = [call for call in calls if "import_module" in ast.unparse(call.func)]
    assert not loads or module_name(path) in LOADERS
    for call in loads:
        beginning = LOADERS[module_name(path)]
        assert re.match(rf"f'{beginning}\{{", ast.unparse(call.args[0]))


@each_file
def test_the_library_does_not_print(path: Path) -> None:
    if within(module_name(path), "charnames.cli"):
        return
    names = {n.id for n in nodes(parsed(path)) if isinstance(n, ast.Name)}
    assert "print" not in names


def test_the_checks_see_what_they_are_to_see(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(
        "import os.path\n"
        "from charnames.data import names\n"
        "from charnames.nn.layers.inputs import Dense\n"
        "if TYPE_CHECKING:\n    import rich\n"
        "try:\n    import yaml\nexcept ImportError:\n    pass\n"
        "def f():\n    from urllib.request import urlopen\n"
    )
    loaded = {"os.path", "charnames.data.names", "charnames.nn.layers.inputs", "yaml"}
    assert imports_when_loaded(path) == loaded
    assert all_imports(path) == {*loaded, "rich", "urllib.request"}
    source = "def f():\n" + "    pass\n" * 58
    assert [*long_functions(ast.parse(source))] == []
    assert [*long_functions(ast.parse(source + "    pass"))] == ["f"]
    source = "def told(one):\n    f.said = _found = 1"
    assert {*stored_names(ast.parse(source))} == {"told", "one", "said", "found"}
    source = "recipe.task == 'classify' or recipe.task != a or 'convert' is b"
    assert len([*comparisons_with_tasks(ast.parse(source))]) == 2
    source = "f = eval\nos.execvp(f)\nrun('ls', shell=True)\nnp.load(f)\nre.compile('')"
    assert {*dangers(ast.parse(source))} == {"eval", "os.execvp", "shell", "np.load"}


def modules_after(statement: str) -> set[str]:
    """What a fresh interpreter has loaded after it."""
    code = f"import sys; {statement}; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(result.stdout.split())


LIGHT = [
    module
    for module in (
        "charnames",
        "charnames.data.names",
        "charnames.recipes.recipe",
        "charnames.cli",
    )
    if is_module(module)
]


@pytest.mark.parametrize("module", LIGHT)
def test_numpy_is_not_loaded_before_it_is_needed(module: str) -> None:
    assert "numpy" not in modules_after(f"import {module}")


def test_the_engine_loads_without_the_rest() -> None:
    loaded = {
        m for m in modules_after("import charnames.nn.networks.language_model") if m
    }
    ours = {wing(module) for module in loaded if within(module, "charnames")}
    assert ours == {"charnames", "charnames.nn", "charnames.version"}


def test_a_model_of_names_loads_without_the_code_of_other_tasks() -> None:
    loaded = modules_after(
        "import charnames; from charnames.models.loading import BASE_FILE; "
        "charnames.load(BASE_FILE)"
    )
    assert "charnames.models.language_model" in loaded
    others = {
        "charnames.data.tables",
        "charnames.encoding.symbols",
        "charnames.encoding.scaling",
        "charnames.generation.search",
        "charnames.model_file.classifier",
        "charnames.model_file.converter",
        "charnames.models.converter",
        "charnames.nn.layers.attention",
        "charnames.prediction.chunks",
    }
    assert all(map(is_module, others))
    assert loaded & others == set()


def test_a_recipe_offers_the_cells_that_there_are() -> None:
    assert tuple(CELLS) == recipe.CELLS

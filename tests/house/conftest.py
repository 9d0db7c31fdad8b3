"""The repository as the rules about ourselves see it: its root, its modules, its files."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {
    ".git",
    ".venv",
    "build",
    "dist",
    "__pycache__",
    ".cache",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    ".import_linter_cache",
}


class Module(NamedTuple):
    """One module of the product: its path under src/gnomon, text and syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def layer(self) -> str:
        """The layer's folder, or the file's own name at the top."""
        return self.path.split("/")[0]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root."""
    return ROOT


@pytest.fixture(scope="session")
def modules() -> list[Module]:
    """Every module under src/gnomon, in path order."""
    folder = ROOT / "src" / "gnomon"
    paths = sorted(folder.rglob("*.py"))
    texts = [path.read_text(encoding="utf-8") for path in paths]
    return [
        Module(path.relative_to(folder).as_posix(), text, ast.parse(text))
        for path, text in zip(paths, texts, strict=True)
    ]


@pytest.fixture(scope="session")
def files() -> list[Path]:
    """Every file of the repository that we wrote, in path order."""
    return sorted(_walk(ROOT))


@pytest.fixture(scope="session")
def documents(files: list[Path]) -> list[Path]:
    """Every Markdown file of the repository."""
    return [path for path in files if path.suffix == ".md"]


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in NOT_OURS or path.name.endswith(".egg-info"):
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path

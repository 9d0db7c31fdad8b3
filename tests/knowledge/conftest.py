"""Folders of knowledge for the tests: written to disk, loaded with a cache of their own."""

from collections.abc import Callable
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2] / "src" / "gnomon" / "knowledge" / "data"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    """The folder that built knowledge is kept in, during one test."""
    monkeypatch.setenv("GNOMON_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path) -> Callable[..., Path]:
    """Writes files into a folder laid out as the data is: `folder(**{"models/acme": text})`."""

    def write(**files: str) -> Path:
        for name, text in files.items():
            path = tmp_path / "extra" / f"{name}.toml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path / "extra"

    return write

"""Knowledge files turned into rules and models; a mistake is an error that names file and field."""

import tomllib
from collections.abc import Iterable
from typing import TypeVar

import msgspec

from gnomon.core.errors import KnowledgeError
from gnomon.core.model import Knowledge, Model
from gnomon.core.rule import Rule
from gnomon.knowledge.check import mistakes

T = TypeVar("T", Rule, Model)

REMEDY = "Correct the file: the fields and what they mean are in gnomon/core/model.py and gnomon/core/rule.py."


def build(found: Iterable[tuple[str, bytes]], version: str) -> Knowledge:
    """The checked rules and models of the files, given by name and content. Raises KnowledgeError at a mistake."""
    rules: dict[str, Rule] = {}
    models: dict[str, Model] = {}
    for name, data in found:
        if name.rpartition("/")[0].endswith("rules"):
            rules[name] = _converted(name, data, Rule)
        else:
            models[name] = _converted(name, data, Model)
    for mistake in mistakes(rules, models):
        raise KnowledgeError(mistake, remedy=REMEDY)
    return Knowledge(rules=tuple(rules.values()), models=tuple(models.values()), version=version)


def _converted(name: str, data: bytes, kind: type[T]) -> T:
    try:
        return msgspec.convert(tomllib.loads(data.decode()), kind)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KnowledgeError(f"{name}: not TOML in UTF-8: {error}", remedy=REMEDY) from error
    except msgspec.ValidationError as error:
        raise KnowledgeError(f"{name}: {error}", remedy=REMEDY) from error

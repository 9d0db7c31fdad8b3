"""The fields of the JSON report, read from the structs that are its format."""

import msgspec

from gnomon.render.json import JsonReport

Schema = dict[str, object]


def json_fields(document: type[msgspec.Struct] = JsonReport) -> str:
    """A document as a table: each field's path and type."""
    (schema,), definitions = msgspec.json.schema_components([document])
    rows = _rows("", _resolved(schema, definitions), definitions)
    return "\n".join(["| field | type |", "|---|---|", *rows])


def _rows(prefix: str, schema: Schema, definitions: dict[str, Schema]) -> list[str]:
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return []
    rows = []
    for name, field in properties.items():
        inner, words, suffix = _described(field, definitions)
        rows.append(f"| `{prefix}{name}{suffix}` | {words} |")
        if "suppressed" not in prefix:
            rows += _rows(f"{prefix}{name}{suffix}.", inner, definitions)
    return rows


def _described(field: Schema, definitions: dict[str, Schema]) -> tuple[Schema, str, str]:
    """The field's own schema, its type in words, and `[]` for a list."""
    alternatives = field.get("anyOf")
    options = alternatives if isinstance(alternatives, list) else [field]
    nullable = {"type": "null"} in options
    chosen = next(option for option in options if option != {"type": "null"})
    or_null = " or null" if nullable else ""
    if chosen.get("type") == "array":
        item = _resolved(chosen.get("items", {}), definitions)
        return item, f"list of {_plural(item)}{or_null}", "[]"
    resolved = _resolved(chosen, definitions)
    if "additionalProperties" in resolved:
        return {}, f"object: {_plural(_resolved(resolved['additionalProperties'], definitions))} by name{or_null}", ""
    return resolved, f"{resolved.get('type', 'anything')}{or_null}", ""


def _plural(schema: Schema) -> str:
    return f"{schema.get('type', 'value')}s"


def _resolved(schema: object, definitions: dict[str, Schema]) -> Schema:
    if not isinstance(schema, dict):
        return {}
    reference = schema.get("$ref")
    return definitions[reference.rpartition("/")[2]] if isinstance(reference, str) else schema

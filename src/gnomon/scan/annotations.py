"""Annotations of parameters, and the classes they name."""

import ast

from gnomon.python.project import dotted_name
from gnomon.python.scopes import Scope


def annotation_of(scope: Scope, name: str) -> ast.expr | None:
    """The annotation of a parameter; a string annotation is parsed."""
    node = scope.node
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
        if argument.arg == name:
            annotation = argument.annotation
            if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
                try:
                    return ast.parse(annotation.value.strip(), mode="eval").body
                except (SyntaxError, ValueError, RecursionError, MemoryError):
                    return None
            return annotation
    return None


def class_names(annotation: ast.expr) -> list[ast.expr]:
    """The class names in an annotation: `X`, `X | None`, `Optional[X]`, `Annotated[X, …]`."""
    if isinstance(annotation, (ast.Name, ast.Attribute)):
        return [annotation]
    if isinstance(annotation, ast.BinOp):
        return [*class_names(annotation.left), *class_names(annotation.right)]
    if isinstance(annotation, ast.Subscript):
        inner = annotation.slice
        if dotted_name(annotation.value).rpartition(".")[2] in ("Optional", "Annotated", "Union"):
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return [node for part in parts for node in class_names(part)]
    return []

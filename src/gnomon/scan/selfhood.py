"""Whether an expression is the instance a method runs on, which attribute of it is set, and when two names are one."""

import ast

from gnomon.python.scopes import Scope


def is_self(node: ast.expr, method: Scope) -> bool:
    """True if `node` is the first parameter of the method around (`self`, `cls`)."""
    return isinstance(node, ast.Name) and node.id == self_name(method)


def self_name(scope: Scope) -> str:
    """What the method around calls its instance; "" outside of methods."""
    method: Scope | None = scope
    while method is not None and method.enclosing_class is None:
        method = method.parent
    if method is None or not isinstance(method.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return ""
    arguments = [*method.node.args.posonlyargs, *method.node.args.args]
    return arguments[0].arg if arguments else ""


def stored_attribute(target: ast.expr) -> tuple[ast.expr, str] | None:
    """(object, name) of what an assignment sets: `self.name`, or `self.__dict__["name"]`, past a `__setattr__`."""
    match target:
        case ast.Attribute(value=owner, attr=name):
            return owner, name
        case ast.Subscript(value=ast.Attribute(value=owner, attr="__dict__"), slice=ast.Constant(value=str(name))):
            return owner, name
        case _:
            return None


def unmangled(name: str) -> str:
    """`_Class__x` and `__x` are the same private name."""
    if name.startswith("_") and "__" in name[1:] and not name.endswith("__"):
        return "__" + name.split("__", 1)[1]
    return name

"""Text of a module that declares messages for gnomon.wire."""

from gnomon.fix.declarations import Declarations
from gnomon.fix.text import call, wrapped
from gnomon.fix.types import Types

SUMMARY = "What may come through this program's channels: both ends say the same."


def body(declarations: Declarations, types: Types, name: str, *, payload: bool) -> str:
    """The classes, and the codec of them; `dumps` and `loads` too for bytes that go no way of gnomon.wire's own."""
    codec = codec_name(name)
    made = "LateCodec" if declarations.late else "Codec"
    declarations.imports[f"from gnomon.wire import {made}"] = None
    blocks = [*(f"{source}\n" for source in declarations.classes.values()), *types.aliases]
    names = [each.name for each in types.all]
    declarations.refuse_late([*declarations.classes.values(), *types.aliases])
    if declarations.late:
        function = f"_types_{name}" if name else "_types"
        gap = "\n" if types.aliases else ""
        blocks.append(gap + _asked_late(function, [*declarations.late], names))
        blocks.append(f"{codec} = LateCodec({function})")
    else:
        blocks.append(call(f"{codec} = Codec(", names))
    if payload:
        declarations.imports["from gnomon.wire import Messages"] = None
        ending = f"_{name}" if name else ""
        messages = codec.replace("CODEC", "MESSAGES")
        channel = f', channel="{name}"' if name else ""
        blocks.append(f"_{messages} = Messages(codec={codec}{channel})")
        blocks.append(f"dumps{ending} = _{messages}.dumps\nloads{ending} = _{messages}.loads")
    return "\n\n".join(blocks)


def _asked_late(function: str, imports: list[str], names: list[str]) -> str:
    lines = [f"    {line}" for line in sorted(imports)]
    head = [f"def {function}() -> tuple[object, ...]:", '    """The types: some of their modules import this one."""']
    comma = "," if len(names) == 1 else ""
    return "\n".join([*head, *lines, "", wrapped("    return ", f"({', '.join(names)}{comma})")]) + "\n"


def codec_name(name: str) -> str:
    """What the codec of a channel is called."""
    return f"{name.upper()}_CODEC" if name else "CODEC"

"""Text of a module that declares messages for gnomon.wire."""

from gnomon.fix.declarations import Declarations
from gnomon.fix.text import call
from gnomon.fix.types import Types

SUMMARY = "What may come through this program's channels: both ends say the same."


def body(declarations: Declarations, types: Types, name: str, *, payload: bool) -> str:
    """The classes, and the codec of them; `dumps` and `loads` too for bytes that go no way of gnomon.wire's own."""
    codec = codec_name(name)
    declarations.imports["from gnomon.wire import Codec"] = None
    blocks = [*(f"{source}\n" for source in declarations.classes.values()), *types.aliases]
    blocks.append(call(f"{codec} = Codec(", (each.name for each in types.all)))
    if payload:
        declarations.imports["from gnomon.wire import Codec, Messages"] = None
        del declarations.imports["from gnomon.wire import Codec"]
        ending = f"_{name}" if name else ""
        messages = codec.replace("CODEC", "MESSAGES")
        channel = f', channel="{name}"' if name else ""
        blocks.append(f"_{messages} = Messages(codec={codec}{channel})")
        blocks.append(f"dumps{ending} = _{messages}.dumps\nloads{ending} = _{messages}.loads")
    return "\n\n".join(blocks)


def codec_name(name: str) -> str:
    """What the codec of a channel is called."""
    return f"{name.upper()}_CODEC" if name else "CODEC"

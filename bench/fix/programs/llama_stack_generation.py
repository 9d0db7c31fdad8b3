"""llama-stack's model-parallel group with its own messages: requests of its generator, and a result for each token."""

from collections.abc import Iterator
from functools import partial

import talk
import torch
import zmq
from llama_models.llama3.api.datatypes import SystemMessage, ToolPromptFormat, UserMessage
from llama_stack.providers.impls.meta_reference.inference.generation import TokenResult
from llama_stack.providers.impls.meta_reference.inference.model_parallel import InferenceArgs, ModelRunner
from llama_stack.providers.impls.meta_reference.inference.parallel_utils import ModelParallelProcessGroup

WORKERS = 2


class Model:
    """What stands for the weights: it says what it was asked, a word at a time."""

    def chat_completion(self, messages: list[object], *settings: object) -> Iterator[TokenResult]:
        """A result for each word of all messages; settings are temperature to format, in the release's order."""
        if not messages:
            raise LookupError("no messages")
        for number, word in enumerate(" ".join(message.content for message in messages).split()):
            yield TokenResult(token=number, text=f"{word} {settings[-1].value}", logprobs=[settings[0]])


def build(workers: int) -> ModelRunner:
    """In a group of processes, as the real one's."""
    torch.distributed.init_process_group("gloo", world_size=workers)
    return ModelRunner(Model())


def args(*messages: object) -> InferenceArgs:
    """A request."""
    return InferenceArgs(
        messages=list(messages),
        temperature=0.5,
        top_p=0.9,
        max_gen_len=8,
        logprobs=True,
        tool_prompt_format=ToolPromptFormat.json,
    )


def ask(group: ModelParallelProcessGroup, number: int) -> bool:
    """Tokens of one prompt, in order; and an exception, which the workers send as an object, or by its name."""
    asked = args(SystemMessage(content="say"), UserMessage(content=f"number {number}"))
    got = [(each.token, each.text, each.logprobs) for each in group.run_inference(asked)]
    wanted = [(at, f"{word} json", [0.5]) for at, word in enumerate(["say", "number", str(number)])]
    try:
        list(group.run_inference(args()))
    except Exception as error:  # noqa: BLE001 (which one it is depends on the style)
        return got == wanted and "LookupError" in (type(error).__name__, getattr(error, "name", ""))
    return False


def main() -> None:
    """The program."""
    group = ModelParallelProcessGroup(WORKERS, partial(build, WORKERS))
    group.start()
    address = group.request_socket.getsockopt(zmq.LAST_ENDPOINT)
    text = address.decode() if isinstance(address, bytes) else address
    talk.converse(
        {"address": text.rstrip("\0").rpartition(":")[2]},
        {"good": talk.counted(lambda number: ask(group, number))},
    )
    group.stop()


if __name__ == "__main__":
    main()

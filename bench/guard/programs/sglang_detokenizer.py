"""SGLang's detokenizer: a spawned process pulls batches of tokens, and pushes text to this one."""

import multiprocessing
import pickle
import socket
import sys
from types import SimpleNamespace

import marker
import talk
import zmq
from sglang.srt.managers.detokenizer_manager import run_detokenizer_process
from sglang.srt.managers.io_struct import BatchStrOut, BatchTokenIDOut


class Engine:
    """Scheduler and tokenizer."""

    def __init__(self) -> None:
        self.port = _free()
        context = zmq.Context.instance()
        self._texts = context.socket(zmq.PULL)
        texts = self._texts.bind_to_random_port("tcp://127.0.0.1")
        self._tokens = context.socket(zmq.PUSH)
        self._tokens.connect(f"tcp://127.0.0.1:{self.port}")
        ports = SimpleNamespace(
            detokenizer_ipc_name=f"tcp://127.0.0.1:{self.port}", tokenizer_ipc_name=f"tcp://127.0.0.1:{texts}"
        )
        settings = SimpleNamespace(
            skip_tokenizer_init=False, tokenizer_path="", tokenizer_mode="", trust_remote_code=False
        )
        self.process = multiprocessing.get_context("spawn").Process(
            target=run_detokenizer_process, args=(settings, ports), daemon=True
        )
        self.process.start()

    def ask(self, number: int) -> bool:
        """True if the batch comes back as text."""
        self._tokens.send_pyobj(
            BatchTokenIDOut(
                rids=[str(number)],
                finished_reasons=[{"type": "length", "length": 2}],
                vids=[0],
                decoded_texts=[""],
                decode_ids=[[104, 105]],
                read_offsets=[0],
                skip_special_tokens=[True],
                spaces_between_special_tokens=[True],
                no_stop_trim=[False],
                prompt_tokens=[2],
                completion_tokens=[2],
                cached_tokens=[0],
                **{name: None for name in BatchTokenIDOut.__annotations__ if "logprob" in name or name == "output_ids"},
            )
        )
        text = self._texts.recv_pyobj()
        return isinstance(text, BatchStrOut) and (text.rids, text.output_strs) == ([str(number)], ["hi"])


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def attack(port: str, flag: str) -> None:
    """Another process that reaches the detokenizer's port."""
    with zmq.Context() as context, context.socket(zmq.PUSH) as pushing:
        pushing.connect(f"tcp://127.0.0.1:{port}")
        pushing.send(pickle.dumps(marker.Marker(flag)))


def main() -> None:
    """The program."""
    engine = Engine()
    engine.ask(0)
    talk.converse(
        {"address": engine.port},
        {"good": talk.counted(engine.ask), "alive": lambda: {"alive": engine.process.is_alive()}},
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["attack"]:
        attack(*sys.argv[2:])
    else:
        main()

"""Every kind of file that can open a library's escape hatch."""

from vllm import LLM

LLM("facebook/opt-125m").generate("Hello")

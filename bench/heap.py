"""The state of a heap, which decides what large messages cost."""


def warm_heap() -> None:
    """Have malloc keep what is freed from now on, as it does in a server that has freed something large before.

    glibc hands memory back to the system after each large message until then, and the page faults of getting it anew
    cost send_pyobj several times what all the rest does: mallopt(3), M_MMAP_THRESHOLD.
    """
    bytearray(31 << 20)  # the largest step that its threshold takes is 32 MiB

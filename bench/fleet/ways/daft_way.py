"""Daft on Ray: a column that a function makes of the targets."""

from collections.abc import Callable, Iterable, Iterator

from bench.fleet.ways import ray_way

SECOND = ray_way.SECOND


class Way(ray_way.Way):
    """Tasks are rows, a partition each."""

    def answers(
        self,
        ask: Callable[[str], bytes],
        targets: Iterable[str],
        ahead: int,  # noqa: ARG002 (it has no such setting: the whole list is handed over)
    ) -> Iterator[tuple[str, bytes | None, str]]:
        """Each target with its answer, or with what was told of it."""
        import daft

        daft.set_runner_ray(noop_if_initialized=True)
        listed = list(targets)
        answer = daft.func(lambda target: ask(target), return_dtype=daft.DataType.binary())  # noqa: PLW0108 (wants a function)
        frame = daft.from_pydict({"target": listed}).into_partitions(len(listed))
        left = dict.fromkeys(listed)
        try:
            for row in frame.with_column("answer", answer(frame["target"])).iter_rows():
                del left[row["target"]]
                yield row["target"], row["answer"], ""
        except Exception as error:  # noqa: BLE001 (whatever it raises, the rest of the rows is gone)
            for target in left:
                yield target, None, f"{type(error).__name__}: {error}"


def version() -> str:
    """Of what was measured."""
    import daft

    return f"{daft.__version__} on Ray {ray_way.version()}"

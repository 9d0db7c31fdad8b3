"""Spark: a standalone master with two workers, a secret that every process has."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from pathlib import Path

from bench.fleet.nodes import Nodes, free_port

SECOND = ("second",)
SECRET = "0123456789abcdef" * 2


class Way:
    """Tasks are jobs of one partition, since the answers of a job come all at its end."""

    def __init__(self, nodes: Nodes, *, secure: bool) -> None:
        self.nodes = nodes
        self.secure = secure
        self.port = free_port()
        if secure:
            nodes.environment["SPARK_DAEMON_JAVA_OPTS"] = (
                f"-Dspark.authenticate=true -Dspark.authenticate.secret={SECRET} -Dspark.network.crypto.enabled=true"
            )

    def begin(self) -> None:
        """A master, and two nodes with a worker each."""
        import pyspark

        start = Path(pyspark.__file__).parent / "bin" / "spark-class"
        package = "org.apache.spark.deploy"
        own = {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
        listening = ["--host", "127.0.0.1", "--port", self.port, "--webui-port", free_port()]
        self.nodes.start("master", [start, f"{package}.master.Master", *listening], **own)
        for name in ("first", "second"):
            size = ["--cores", 1, "--memory", "1g", "--work-dir", self.nodes.folder / name]
            place = ["--host", "127.0.0.1", "--webui-port", free_port(), f"spark://127.0.0.1:{self.port}"]
            self.nodes.start(name, [start, f"{package}.worker.Worker", *size, *place], **own)

    def connect(self, credentials: Path | None) -> None:
        """Raises if nobody answers, or not to us."""
        os.environ |= {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
        from pyspark import SparkConf, SparkContext

        settings = {
            "spark.ui.enabled": "false",
            "spark.task.maxFailures": "4",
            "spark.executor.memory": "512m",
            "spark.executor.pyspark.memory": "1g",
            "spark.executorEnv.PYTHONPATH": os.environ["PYTHONPATH"],
            "spark.scheduler.mode": "FAIR",
            "spark.log.level": "OFF",
        }
        if credentials:
            settings |= {"spark.authenticate": "true", "spark.authenticate.secret": SECRET}
            settings["spark.network.crypto.enabled"] = "true"
        conf = SparkConf().setAppName("fleet").setMaster(f"spark://127.0.0.1:{self.port}").setAll(settings.items())
        self.context = SparkContext(conf=conf)

    def answers(
        self, ask: Callable[[str], bytes], targets: Iterable[str], ahead: int
    ) -> Iterator[tuple[str, bytes | None, str]]:
        """Each target with its answer, or with what was told of it."""
        left = iter(targets)
        with ThreadPoolExecutor(ahead) as threads:
            asked = {threads.submit(self._one, ask, target): target for target in islice(left, ahead)}
            while asked:
                for future in wait(asked, return_when=FIRST_COMPLETED).done:
                    yield self._told(asked.pop(future), future)
                    asked |= {threads.submit(self._one, ask, target): target for target in islice(left, 1)}

    def _one(self, ask: Callable[[str], bytes], target: str) -> bytes:
        [answer] = self.context.parallelize([target], 1).map(ask).collect()
        return bytes(answer)

    def _told(self, target: str, future: "Future[bytes]") -> tuple[str, bytes | None, str]:
        error = future.exception()
        return (target, future.result(), "") if error is None else (target, None, f"{type(error).__name__}: {error}")

    def close(self) -> None:
        """Of the driver's end."""
        self.context.stop()


def version() -> str:
    """Of what was measured."""
    import pyspark

    return str(pyspark.__version__)

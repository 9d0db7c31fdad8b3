"""Who examines the targets of a survey: processes of this machine, or workers at an address."""

from gnomon.core.crew import Crew
from gnomon.core.errors import GnomonError


def crew_of(cluster: str | None, *, workers: int, memory_bytes: int, patience_s: float) -> Crew:
    """The workers, ready to be asked. `memory_bytes` and `patience_s`: what one target may take.

    Raises GnomonError if there are none at the address `cluster`.
    """
    if cluster is not None:
        raise GnomonError("this gnomon has no engine for clusters.", remedy="leave out --cluster")
    from gnomon.io.local_crew import local_crew

    return local_crew(workers, memory_bytes=memory_bytes, patience_s=patience_s)

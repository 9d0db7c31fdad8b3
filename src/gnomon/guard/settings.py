"""What a run tells its processes, as a file in the run's folder."""

import json
from pathlib import Path
from typing import NamedTuple

from .errors import DeliveryError


class Settings(NamedTuple):
    """One run."""

    run: str
    mode: str
    policy: str = ""
    digest: str = ""
    events: str = ""
    keys: str = ""
    supervisor: int = 0
    started: int = 0


def write(settings: Settings) -> None:
    """Into the run's folder."""
    Path(settings.run, "run.json").write_text(json.dumps(settings._asdict()), encoding="utf-8")


def read(folder: str) -> Settings:
    """Raises DeliveryError."""
    try:
        return Settings(**json.loads(Path(folder, "run.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise DeliveryError(f"the run in {folder} can't be read: {error}.") from error

"""`supervise.py GUARD [ENVIRONMENT…] -- COMMAND…`: launch.run as the command line calls it."""

import sys
from pathlib import Path

from gnomon.guard.delivery import launch
from gnomon.guard.delivery.settings import Settings
from gnomon.guard.errors import DeliveryError

ours, command = sys.argv[1 : sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1 :]
try:
    wanted = Settings(mode="enforce", digest="sha256:0123")
    code = launch.run(wanted, command, [Path(folder) for folder in ours[1:]], lambda _folder: None, guard=ours[0])
except DeliveryError as error:
    sys.exit(f"{error.problem}\n{error.remedy}")
sys.exit(code)

"""Any bytes on the hook's standard input are an edit, or are told not to be one."""

import contextlib
from pathlib import Path

from gnomon.core.errors import GnomonError
from gnomon.io.edits import read_change

SEEDS = (
    b"diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,3 @@\n a\n+import pickle\n b\n",
    b'{"hook_event_name": "PreToolUse", "tool_name": "Write", "tool_input": {"file_path": "/x.py", "content": "a"}}',
    b'{"tool_name": "Edit", "tool_input": {"file_path": "x.py", "old_string": "a", "new_string": "b"}}',
    b"import pickle\npickle.loads(s.recv())\n",
)
_NOWHERE = Path("/nonexistent")


def once(data: bytes) -> None:
    """It is read, or refused with a message."""
    with contextlib.suppress(GnomonError):
        read_change(data, folder=_NOWHERE)
    with contextlib.suppress(GnomonError):
        read_change(data, path="a.py", folder=_NOWHERE)

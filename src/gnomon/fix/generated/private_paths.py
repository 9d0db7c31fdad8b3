"""The module of a socket's path: its folder is made for one user alone, and one that others may enter is refused."""

from gnomon.core.patch import Section

NAME = "private_paths"
"""Of the module, without `.py`."""
FUNCTION = "private_address"
_SUMMARY = "Where programs of one user meet on this host: sockets in folders that nobody else may enter."
_IMPORTS = ("import os", "import stat", "from pathlib import Path")
_BODY = '''
def private_address(path: str) -> str:
    """The ZeroMQ address of a path, for the end that binds; its folder is made with mode 700.

    Raises PermissionError if the folder is somebody else's, or others may enter it.
    """
    folder = Path(path).parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise PermissionError(f"{folder} has to be a folder of this user's alone: chmod 700 it, as its owner")
    return f"ipc://{path}"
'''


def section(path: str) -> Section:
    """The whole module at this path."""
    return Section(path=path, name="private", summary=_SUMMARY, imports=_IMPORTS, body=_BODY.strip("\n"))

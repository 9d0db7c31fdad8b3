"""A site has the same name wherever the program is installed, and is the program's, not a library's."""

import sys
from types import SimpleNamespace

import pytest

from gnomon.guard.sites import Site, is_plumbing, portable, site_of


def test_a_path_is_written_below_the_folder_it_was_imported_from(tmp_path, monkeypatch):
    """The module's name decides, for editable installations too; else the longest folder of sys.path."""
    monkeypatch.setattr(sys, "path", ["", "/srv", "/srv/app", "/usr/lib/python3.11"])

    assert portable("/elsewhere/src/server/rpc.py", "server.rpc") == "server/rpc.py"
    assert portable("/elsewhere/src/server/__init__.py", "server") == "server/__init__.py"
    assert portable("/srv/app/run.py", "__main__") == "run.py"
    assert portable("/srv/other/run.py", "__main__") == "other/run.py"
    assert portable("/opt/run.py", "__main__") == "/opt/run.py"
    assert portable("<string>", "server.rpc") == "<string>"
    assert portable("/srv/approach/run.py") == "approach/run.py"


def test_a_site_is_the_first_function_that_is_not_plumbing():
    """Through a library's functions the caller is found; with nothing but plumbing, the outermost function."""
    library = {"__name__": "pickle", "site_of": site_of, "sys": sys}
    exec(compile("def loads():\n    return site_of(sys._getframe())", "/lib/pickle.py", "exec"), library)

    class Server:
        def run(self):
            return library["loads"]()

    found = Server().run()

    assert found.file.endswith("test_sites.py")
    assert found.function.endswith("Server.run")
    assert site_of(None) == Site("?", "?")


@pytest.mark.parametrize(
    ("module", "passes_on"),
    [
        # Whoever calls broadcast_object_list, or gets from a queue of torch's, is the site, not what all of them share.
        ("torch.distributed.distributed_c10d", True),
        ("torch.multiprocessing.queue", True),
        ("joblib.numpy_pickle", True),
        ("joblib.externals.loky.backend.queues", True),
        # A pool's own loops have no caller: the outermost frame would be Python's, and one for all threads.
        ("joblib.externals.loky.process_executor", False),
        ("multiprocessing.pool", False),
        ("concurrent.futures.process", False),
        ("torch.distributed.elastic.rendezvous.dynamic_rendezvous", False),
    ],
)
def test_libraries_pass_on_and_pools_load_for_themselves(module, passes_on):
    """What a library loads for its caller is the caller's; what a pool's thread or worker loads is the pool's."""
    assert is_plumbing(SimpleNamespace(f_globals={"__name__": module})) is passes_on

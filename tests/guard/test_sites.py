"""A site has the same name wherever the program is installed, and is the program's, not a library's."""

import sys

from gnomon.guard.sites import Site, portable, site_of


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

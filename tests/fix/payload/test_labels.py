"""What channels are called that share a module."""

from gnomon.fix.payload.labels import label
from tests.fix.programs import channel, load, sources_of

LOOP = "class Manager:\n    def loop_for_requests(self):\n        pickle.loads(x)\n"
MAIN = "def main():\n    pickle.loads(x)\n"


def told(files, path, qualname, folder="", code="pickle.loads(x)"):
    """The label of a channel that is loaded in a function."""
    return label(channel([load(files, path, code, qualname=qualname)], []), folder, sources_of(files))


def test_a_label_says_file_and_function():
    """In small letters, without repeating itself."""
    files = {"server/router/manager.py": LOOP, "server/main.py": MAIN, "run.py": "pickle.loads(x)\n"}

    assert told(files, "server/router/manager.py", "Manager.loop_for_requests") == "manager_loop_for_requests"
    assert told(files, "server/main.py", "main", "server") == "main"
    assert told(files, "run.py", "<module>") == "run"


def test_a_label_says_more_where_that_is_not_enough():
    """Another file or class has the same."""
    files = {
        "client/main.py": MAIN,
        "server/main.py": MAIN,
        "a.py": "class A:\n    def run(self):\n        pickle.loads(x)\n\nclass B:\n    def run(self):\n        pass\n",
    }

    assert told(files, "client/main.py", "main") == "client_main"
    assert told(files, "server/main.py", "main") == "server_main"
    assert told(files, "a.py", "A.run") == "a_run"
    assert told(files, "a.py", "B.run") == "a_b_run"


def test_two_loads_of_a_function_have_two_labels():
    """By their order."""
    files = {"a.py": "def f():\n    one = pickle.loads(x)\n    two = s.recv_pyobj()\n"}

    assert told(files, "a.py", "f") == "a_f"
    assert told(files, "a.py", "f", code="s.recv_pyobj()") == "a_f_2"

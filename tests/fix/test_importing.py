"""Imports come and go where a maintainer would put them, the rest of the block as it was."""

import pytest

from gnomon.core.patch import Import, Patch
from gnomon.fix.protocol import Rewritten
from gnomon.fix.rewriting import rewritten

from .rewriting_cases import PATH, changed, imported

WIRE = imported("gnomon.wire", "Context")
OWN = imported("messages", "CODEC")
RELATIVE = imported(".messages", "CODEC")


@pytest.mark.parametrize(
    ("source", "wanted", "expected"),
    [
        ("", imported("os"), "import os\n"),
        ("x = 1\n", imported("os"), "import os\n\nx = 1\n"),
        ("#!/bin/python\n# Words.\n\nx = 1\n", imported("os"), "#!/bin/python\n# Words.\n\nimport os\n\nx = 1\n"),
        ('"""Doc."""\n', imported("os"), '"""Doc."""\n\nimport os\n'),
        ('"""Doc."""\nx = 1\n', imported("os"), '"""Doc."""\n\nimport os\n\nx = 1\n'),
        ('"""Doc."""\n\nx = 1\n', imported("os"), '"""Doc."""\n\nimport os\n\nx = 1\n'),
        ('"""Doc."""', imported("os"), '"""Doc."""\n\nimport os'),
        (
            "from __future__ import annotations\n\nx = 1\n",
            imported("os"),
            "from __future__ import annotations\n\nimport os\n\nx = 1\n",
        ),
        ("import os\nimport zmq\n", imported("json"), "import json\nimport os\nimport zmq\n"),
        ("import os  # why\n\nimport zmq\n", imported("sys"), "import os  # why\nimport sys\n\nimport zmq\n"),
        ("import os\n\nx = 1\n", WIRE, "import os\n\nfrom gnomon.wire import Context\n\nx = 1\n"),
        ("import zmq\n", imported("os"), "import os\n\nimport zmq\n"),
        ("import zmq\n\nfrom . import a\n", WIRE, "import zmq\nfrom gnomon.wire import Context\n\nfrom . import a\n"),
        ("import zmq\n\nfrom . import a\n", RELATIVE, "import zmq\n\nfrom . import a\nfrom .messages import CODEC\n"),
        ("import os\nx = 1\n", RELATIVE, "import os\n\nfrom .messages import CODEC\nx = 1\n"),
        ("import zmq\n\nimport protocol\n", OWN, "import zmq\n\nimport protocol\nfrom messages import CODEC\n"),
        ("from typing import Any, List\n", imported("typing", "Dict"), "from typing import Any, Dict, List\n"),
        ("from typing import (\n    Any,\n)\n", imported("typing", "cast"), None),
        ("import os\n", imported("os"), "import os\n"),
        ("from typing import Any as A\n", imported("typing", "Any", "A"), "from typing import Any as A\n"),
        ("def f():\n    import os\n", imported("os"), "import os\n\ndef f():\n    import os\n"),
        ("import os\r\nx = 1\r\n", imported("sys"), "import os\r\nimport sys\r\nx = 1\r\n"),
        ("import os", imported("sys"), "import os\nimport sys"),
    ],
)
def test_an_import_is_added_in_its_place(source, wanted, expected):
    """After the docstring and `from __future__`, in its group and in order, and only if it is not there."""
    patch = Patch(imports=(wanted,))

    result = rewritten({PATH: source.encode()}, patch, own=frozenset({"protocol", "messages"}))

    assert isinstance(result, Rewritten)
    text = result.files[PATH].decode()
    assert text == (expected if expected is not None else source + "from typing import cast\n")


def test_names_of_one_module_are_one_statement():
    """Over several lines if one would be too long."""
    names = ["ALPHA_CODEC", "BETA_CODEC", "GAMMA_CODEC", "DELTA_CODEC", "EPSILON_CODEC", "ZETA_CODEC"]

    short = changed("x = 1\n", imports=tuple(imported(".m", name) for name in names[:2]))
    long = changed("x = 1\n", imports=tuple(imported(".m", name) for name in names))

    assert short == "from .m import ALPHA_CODEC, BETA_CODEC\n\nx = 1\n"
    assert long.startswith("from .m import (\n    ALPHA_CODEC,\n    BETA_CODEC,\n    DELTA_CODEC,\n")


@pytest.mark.parametrize(
    ("source", "unneeded", "expected"),
    [
        ("import pickle\nimport os\n", imported("pickle"), "import os\n"),
        ("import pickle\n\nimport os\n", imported("pickle"), "import os\n"),
        ("import pickle  # words\nimport os\n", imported("pickle"), "import os\n"),
        ("import os, pickle, sys\n", imported("pickle"), "import os, sys\n"),
        ("import os, pickle\n", imported("pickle"), "import os\n"),
        ("import pickle as p\nimport pickle\n", imported("pickle", alias="p"), "import pickle\n"),
        (
            "from a import (\n    b,  # B\n    c,  # C\n    d,  # D\n)\n",
            imported("a", "c"),
            "from a import (\n    b,  # B\n    d,  # D\n)\n",
        ),
        ("from a import (\n    b,  # B\n    c,  # C\n)\n", imported("a", "c"), "from a import (\n    b,  # B\n)\n"),
        ("from a import (b,\n               c)\n", imported("a", "b"), "from a import (c)\n"),
        ("import pickle\npickle.dumps(1)\n", imported("pickle"), None),
        ("import pickle\n__all__ = ['pickle']\n", imported("pickle"), None),
        ("import pickle\nx: 'pickle.Pickler' = 1\n", imported("pickle"), None),
        ("import pickle\ndef f() -> 'pickle.Pickler': ...\n", imported("pickle"), None),
        ("import pickle\nx = 'a word on pickle'\n", imported("pickle"), "x = 'a word on pickle'\n"),
        ("import pickle  # noqa: F401\n", imported("pickle"), None),
        ("try:\n    import cPickle as pickle\nexcept ImportError:\n    import pickle\n", imported("pickle"), None),
        ("if a:\n    import pickle\n", imported("pickle"), None),
        ("def f():\n    import pickle\n    return 1\n", imported("pickle"), "def f():\n    return 1\n"),
        ("def f():\n    import pickle\n", imported("pickle"), "def f():\n    pass\n"),
        ("import pickle; import os\n", imported("pickle"), None),
        ("import pickle\ndef f():\n    import pickle\n    pickle.x\n", imported("pickle"), None),
        ("import os.path\nos.getcwd()\n", imported("os.path"), None),
        ("import a.b\n", imported("a.b"), ""),
        ("import os\r\nimport pickle\r\nx = 1\r\n", imported("pickle"), "import os\r\nx = 1\r\n"),
    ],
)
def test_an_import_goes_if_nothing_uses_it(source, unneeded, expected):
    """With its comment; other names of the statement keep theirs. In doubt it stays."""
    assert changed(source, unneeded=(unneeded,)) == (source if expected is None else expected)


def test_what_came_and_what_went_are_one_change():
    """The first import of a file can go while another one takes its place."""
    source = '"""Doc."""\nimport pickle\n\n\ndef f(): pass\n'
    wanted = Import(path=PATH, module="json")

    assert changed(source, imports=(wanted,), unneeded=(imported("pickle"),)) == (
        '"""Doc."""\n\nimport json\n\n\ndef f(): pass\n'
    )

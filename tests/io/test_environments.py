"""Names and versions of what is installed, by the names of its metadata."""

import pytest

from gnomon.io.environments import installed


@pytest.mark.parametrize(
    ("folder", "name", "version"),
    [
        ("vllm-0.8.4.dist-info", "vllm", "0.8.4"),
        ("llama_stack-0.0.40.dist-info", "llama_stack", "0.0.40"),
        ("Jupyter_Client-8.6.3.dist-info", "jupyter_client", "8.6.3"),
        ("tensorrt_llm-0.17.0.post1.dist-info", "tensorrt_llm", "0.17.0.post1"),
        ("vllm-0.8.5+cu121.dist-info", "vllm", "0.8.5+cu121"),
        ("pyzmq-13.1.0-py2.7.egg-info", "pyzmq", "13.1.0"),
        ("zope.interface-6.0-py3.11-linux-x86_64.egg-info", "zope_interface", "6.0"),
    ],
)
def test_metadata_names_the_release(tmp_path, folder, name, version):
    """Of wheels and of older installs."""
    (tmp_path / folder).mkdir()
    (tmp_path / "vllm").mkdir()

    assert installed("", str(tmp_path)) == {name: version}


def test_what_can_not_be_read_is_empty(tmp_path):
    """No folder, or none that there is."""
    assert installed("", "") == installed(str(tmp_path), "/none") == {}

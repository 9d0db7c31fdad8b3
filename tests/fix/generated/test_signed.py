"""`signed_pickle.py`: what is signed is loaded, and nothing else reaches pickle."""

import pickle
import secrets

import pytest

from gnomon.fix.generated.signed import VARIABLE, sections
from tests.fix.generated.modules import complaints, imported

FIRED = []


def fire():
    """Notes that it was called."""
    FIRED.append("called")


class Marker:
    """Harmless: whoever unpickles it calls `fire`."""

    def __reduce__(self):
        return fire, ()


@pytest.fixture
def signed(tmp_path, monkeypatch):
    """The module with one channel, and a new key."""
    FIRED.clear()
    monkeypatch.setenv(VARIABLE, secrets.token_hex(32))
    monkeypatch.delenv(f"{VARIABLE}_FILE", raising=False)
    return imported(sections("signed_pickle.py", "", "jobs"), tmp_path)


def use(module, monkeypatch, *keys):
    """Has the module read other keys, as a new process would."""
    monkeypatch.setenv(VARIABLE, ",".join(keys))
    module._keys.cache_clear()


@pytest.mark.parametrize("names", [("",), ("client_main", "server_main")])
def test_the_tools_have_nothing_to_say(names, tmp_path):
    """Neither of one channel nor of several."""
    made = tuple(section for name in names for section in sections("signed_pickle.py", name, name or "jobs"))

    assert complaints(made, tmp_path) == ""


@pytest.mark.parametrize("value", [None, 1, "text", b"bytes", [1, {"a": (2, 3)}], {1, 2}, bytearray(b"x")])
def test_what_is_dumped_is_loaded(signed, value):
    """By whoever has the key, from any kind of buffer."""
    message = signed.dumps(value)

    assert signed.loads(message) == value
    assert signed.loads(bytearray(message)) == value
    assert signed.loads(memoryview(message)) == value


def test_the_marker_shows_what_is_unpickled(signed):
    """With the key it is called: that it is not, below, proves something."""
    signed.loads(signed.dumps(Marker()))

    assert FIRED == ["called"]


def test_each_changed_bit_is_refused(signed):
    """Wherever it is: in the header, the tag or the pickle."""
    message = signed.dumps(Marker())
    for place in range(len(message) * 8):
        changed = bytearray(message)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(signed.InvalidMessage):
            signed.loads(changed)

    assert FIRED == []


def test_each_other_length_is_refused(signed):
    """Cut anywhere, or with more behind."""
    message = signed.dumps(Marker())
    for length in range(len(message)):
        with pytest.raises(signed.InvalidMessage):
            signed.loads(message[:length])
    with pytest.raises(signed.InvalidMessage):
        signed.loads(message + b"\0")

    assert FIRED == []


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_bare_pickle_is_refused(signed, protocol):
    """In every protocol, and behind as many bytes as a header and a tag have."""
    bare = pickle.dumps(Marker(), protocol)
    for message in (bare, bytes(73) + bare, signed.dumps(1)[:73] + bare):
        with pytest.raises(signed.InvalidMessage):
            signed.loads(message)

    assert FIRED == []


def test_another_key_is_refused(signed, monkeypatch):
    """Whoever made it."""
    message = signed.dumps(Marker())
    use(signed, monkeypatch, secrets.token_hex(32))
    with pytest.raises(signed.InvalidMessage, match="another key"):
        signed.loads(message)

    assert FIRED == []


def test_another_purpose_is_refused(tmp_path, monkeypatch):
    """A message can't be taken from one channel and be sent through another one."""
    monkeypatch.setenv(VARIABLE, secrets.token_hex(32))
    two = sections("signed_pickle.py", "jobs", "jobs") + sections("signed_pickle.py", "results", "results")
    module = imported(two, tmp_path)

    assert module.loads_results(module.dumps_results(1)) == 1
    with pytest.raises(module.InvalidMessage, match="another purpose"):
        module.loads_results(module.dumps_jobs(1))


def test_keys_are_changed_without_a_pause(signed, monkeypatch):
    """First every process accepts the new key too, then every process signs with it."""
    old, new = secrets.token_hex(32), secrets.token_hex(48)
    use(signed, monkeypatch, old)
    by_old = signed.dumps("old")
    use(signed, monkeypatch, new)
    by_new = signed.dumps("new")

    for keys in ((old, new), (new, old)):
        use(signed, monkeypatch, *keys)
        assert (signed.loads(by_old), signed.loads(by_new)) == ("old", "new")
    assert signed.dumps("new") == by_new


def test_a_key_may_lie_in_a_file(signed, monkeypatch, tmp_path):
    """With the line's end that editors leave; the variable is not asked then."""
    message = signed.dumps("x")
    (tmp_path / "key").write_text(f"{signed._keys()[0].hex()}\n")
    monkeypatch.setenv(f"{VARIABLE}_FILE", str(tmp_path / "key"))
    use(signed, monkeypatch, "no key")

    assert signed.loads(message) == "x"


@pytest.mark.parametrize("key", ["", "ab" * 31, "secret" * 12, ",".join(["ab" * 32] * 3), "ab" * 32 + ",ab"])
def test_without_a_key_nothing_is_signed_or_loaded(signed, monkeypatch, key):
    """There is none by default; the error says how to make one, and nothing of what was there."""
    message = signed.dumps(Marker())
    use(signed, monkeypatch, key)
    for asked in (lambda: signed.dumps(1), lambda: signed.loads(message)):
        with pytest.raises(signed.InvalidKey) as told:
            asked()
        assert "token_hex(32)" in str(told.value)
        assert VARIABLE in str(told.value)
        assert not key or key not in str(told.value)

    assert FIRED == []


def test_a_file_that_is_not_there_is_said(signed, monkeypatch):
    """By its name."""
    monkeypatch.setenv(f"{VARIABLE}_FILE", "/nowhere/key")
    signed._keys.cache_clear()
    with pytest.raises(signed.InvalidKey, match="/nowhere/key"):
        signed.dumps(1)

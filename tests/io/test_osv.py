"""A dump of advisories: taken in whole or not at all, bounded, asked by package; and the service, asked for real."""

import json
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from gnomon.core.advisory import Range
from gnomon.core.errors import TargetError
from gnomon.core.package import Package
from gnomon.core.purl import pypi
from gnomon.io.limits import Limits
from gnomon.io.osv import NoRecord, advisory, record
from gnomon.io.osv_dump import import_dump, imported, place
from gnomon.io.osv_online import looked_up

TODAY = "2026-11-26"


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    """The folder that a dump is kept in, during one test."""
    monkeypatch.setenv("GNOMON_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def osv(identity="GHSA-1", name="acme", ecosystem="PyPI", events=({"introduced": "1"}, {"fixed": "2"}), **more):
    """A record as the service has it."""
    affected = {
        "package": {"name": name, "ecosystem": ecosystem},
        "ranges": [{"type": "ECOSYSTEM", "events": list(events)}],
    }
    return {"id": identity, "modified": "2026-11-01T00:00:00Z", "summary": "s", "affected": [affected]} | more


def dump(path, *records, **entries):
    """A zip of records, and of whatever else."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in records:
            archive.writestr(f"{each['id']}.json", json.dumps(each))
        for name, text in entries.items():
            archive.writestr(name, text)
    return path


def test_records_of_python_packages_are_kept(tmp_path):
    """Others are counted; the newest day is the dump's, but none of the future."""
    path = dump(
        tmp_path / "all.zip",
        osv("GHSA-1", "Acme_X"),
        osv("GO-1", ecosystem="Go"),
        osv("PYSEC-9", modified="2099-01-01T00:00:00Z"),
    )

    done = import_dump(path, Limits(), TODAY)

    assert (done.records, done.others, done.date[:10], done.skipped) == (2, 1, "2026-11-01", ())
    found = imported(["pkg:pypi/acme-x", "pkg:pypi/nothing"])
    assert [each.id for each in found.advisories] == ["GHSA-1"]
    assert found.advisories[0].affected[0].ranges == (Range(introduced="1", fixed="2"),)
    assert (found.name, found.version, found.date[:10]) == ("OSV dump all.zip", "of 2", "2026-11-01")


@pytest.mark.parametrize(
    ("events", "ranges"),
    [
        ([{"introduced": "0"}], [Range(unfixed=True)]),
        ([{"introduced": "1"}, {"last_affected": "2"}], [Range(introduced="1", last="2")]),
        (
            [{"introduced": "1"}, {"fixed": "2"}, {"introduced": "3"}],
            [Range(introduced="1", fixed="2"), Range(introduced="3", unfixed=True)],
        ),
        ([{"fixed": "2"}], []),
    ],
)
def test_events_become_ranges(events, ranges):
    """Each start with the end that follows it."""
    found = advisory(record(json.dumps(osv(events=events)).encode()), "x")

    assert list(found.affected[0].ranges) == ranges


def test_git_hashes_are_no_versions():
    """A range of commits says nothing about releases."""
    text = osv()
    text["affected"][0]["ranges"][0]["type"] = "GIT"

    assert advisory(record(json.dumps(text).encode()), "x").affected[0].ranges == ()


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"id": 1}', b'{"id": ""}', b"\xff", b'{"id":"x","affected":' + b"[" * 100_000]
)
def test_what_is_no_record_is_told(data):
    """Never another error."""
    with pytest.raises(NoRecord):
        record(data)


def test_damaged_records_are_listed_and_the_others_kept(tmp_path):
    """The import is incomplete."""
    path = dump(tmp_path / "all.zip", osv(), **{"bad.json": "{", "huge.json": " " * 6_000_000, "readme.txt": "x"})

    done = import_dump(path, Limits(), TODAY)

    assert done.records == 1
    assert sorted(entry.path for entry in done.skipped) == ["bad.json", "huge.json"]


def test_a_bomb_ends_the_import_early(tmp_path, monkeypatch):
    """What is beyond the limit is not inflated, and that is told."""
    monkeypatch.setattr("gnomon.io.osv_dump._MAX_BYTES", 10_000_000)
    path = dump(tmp_path / "all.zip", osv(), **{f"{n}.json": " " * 4_000_000 for n in range(10)})

    done = import_dump(path, Limits(max_inflated_bytes=1), TODAY)

    assert done.records == 1
    assert "unpacks to more than" in done.skipped[-1].reason


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + b"\0" * 17, b"garbage" * 100])
def test_what_is_no_zip_is_an_error(tmp_path, content):
    """What was imported before stays."""
    import_dump(dump(tmp_path / "good.zip", osv()), Limits(), TODAY)
    (tmp_path / "all.zip").write_bytes(content)

    with pytest.raises(TargetError):
        import_dump(tmp_path / "all.zip", Limits(), TODAY)

    assert len(imported(["pkg:pypi/acme"]).advisories) == 1
    assert [path.name for path in place().parent.iterdir()] == ["osv.sqlite"]


def test_a_dump_without_python_is_an_error(tmp_path):
    """It would look as if nothing were known."""
    with pytest.raises(TargetError, match="no record of a Python package"):
        import_dump(dump(tmp_path / "all.zip", osv(ecosystem="Go")), Limits(), TODAY)


def test_a_damaged_database_is_an_error(data):
    """Not an empty answer."""
    data.mkdir(mode=0o700)
    (data / "osv.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    (data / "osv.sqlite").chmod(0o600)

    with pytest.raises(TargetError, match="can't be read"):
        imported(["pkg:pypi/acme"])


class _Service(BaseHTTPRequestHandler):
    """Answers as api.osv.dev does; `answer` is what for."""

    answer = "well"

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        found = [{"vulns": [{"id": "GHSA-1"}]} if "acme" in query["package"]["purl"] else {} for query in asked]
        self._send({"results": found[1:] if self.answer == "short" else found})

    def do_GET(self):
        self._send(osv() if self.path == "/v1/vulns/GHSA-1" else {})

    def _send(self, document):
        body = b"[" if self.answer == "torn" else json.dumps(document).encode()
        self.send_response(500 if self.answer == "failing" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture
def service(monkeypatch):
    """The service on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Service)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("GNOMON_OSV_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield server
    server.shutdown()
    thread.join(10)
    server.server_close()


def packages():
    """One that something is known of, one that nothing is, one that has no version."""
    named = [("acme", "1"), ("other", "2"), ("unpinned", "")]
    return [Package(purl=pypi(*each), naming="listed", where="bom.json") for each in named]


def test_the_service_is_asked(service):
    """One question for all packages, one for each record."""
    found, skipped = looked_up(packages(), TODAY)

    assert skipped == ()
    assert [(each.id, each.affected[0].purl) for each in found.advisories] == [("GHSA-1", "pkg:pypi/acme")]
    assert found.date == TODAY


@pytest.mark.parametrize("answer", ["failing", "torn", "short"])
def test_a_failed_look_up_is_told(service, monkeypatch, answer):
    """It is never "nothing known"."""
    monkeypatch.setattr(_Service, "answer", answer)

    found, skipped = looked_up(packages(), TODAY)

    assert found.advisories == ()
    assert "the look-up failed" in skipped[0].reason


def test_a_service_that_is_not_there_is_told(monkeypatch):
    """As above."""
    monkeypatch.setenv("GNOMON_OSV_URL", "http://127.0.0.1:1")

    assert "the look-up failed" in looked_up(packages(), TODAY)[1][0].reason


def test_nothing_is_asked_offline(service, monkeypatch):
    """GNOMON_OFFLINE wins over the option, and the answer is incomplete."""
    monkeypatch.setenv("GNOMON_OFFLINE", "1")

    found, skipped = looked_up(packages(), TODAY)

    assert found.advisories == ()
    assert skipped[0].reason == "it was not asked: GNOMON_OFFLINE is set"

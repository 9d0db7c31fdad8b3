"""A git URL as a target: served by the real git over HTTP on this machine, and over a stand-in for ssh."""

import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gnomon.core.errors import TargetError
from gnomon.io.git_fetch import fetched
from gnomon.io.git_names import git_name
from gnomon.io.limits import Limits
from gnomon.io.targets import read
from tests.repositories import Repository


class Server:
    """`git http-backend` behind a real HTTP server; told how to misbehave by its attributes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.refuses = 0
        self.hangs = False
        self.dumb = False
        self.asked: list[str] = []
        self.authorization: list[str] = []
        self.released = threading.Event()
        self.url = ""

    def serve(self) -> ThreadingHTTPServer:
        """The running server."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"served": self}))
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        return server


class _Handler(BaseHTTPRequestHandler):
    served: Server

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        self.served.asked.append(self.path)
        self.served.authorization.append(self.headers.get("Authorization", ""))
        if self.served.hangs:
            self.served.released.wait(30)
        if self.served.refuses:
            self.send_response(self.served.refuses)
            self.send_header("WWW-Authenticate", 'Basic realm="x"')
            self.end_headers()
            return
        environment = {
            "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(self.served.root), "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_GLOBAL": os.devnull, "PATH_INFO": path, "QUERY_STRING": "" if self.served.dumb else query,
            "REQUEST_METHOD": self.command, "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""), "REMOTE_ADDR": "127.0.0.1",
        }  # fmt: skip
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        done = subprocess.run(["git", "http-backend"], env=environment, input=body, capture_output=True, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().splitlines())
        self.send_response(int(fields.pop("Status", "200").split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 (the name that http.server looks for)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository of three commits, in a home without configuration and with an empty cache."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GNOMON_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    for name in ("GNOMON_OFFLINE", "GIT_SSH", "GIT_SSH_COMMAND", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    made = Repository(tmp_path / "served" / "x.git")
    made.first = made.commit({"a.py": "first\n"})
    made.git("tag", "-m", "one", "v1")
    made.second = made.commit({"a.py": "second\n"})
    made.third = made.commit({"a.py": "third\n"})
    made.git("branch", "side/line", made.second)
    return made


@pytest.fixture
def server(repository):
    """That repository at `server.url`."""
    made = Server(repository.folder.parent)
    running = made.serve()
    yield made
    made.released.set()
    running.shutdown()
    running.server_close()


@pytest.fixture
def left(tmp_path):
    """What the cache holds after the test."""
    return lambda: list((tmp_path / "cache").rglob("*.*"))


@pytest.mark.parametrize(
    ("revision", "commit"),
    [
        ("", "third"), ("@main", "third"), ("@side/line", "second"), ("@v1", "first"), ("@SECOND", "second"),
        ("@SHORT", "second"), ("@HEAD~2", "first"), ("@side/line~1", "first"), ("@refs/heads/main", "third"),
    ],
)  # fmt: skip
def test_the_commit_behind_a_url_is_read(repository, server, left, revision, commit):
    """The default branch, a branch, a tag, ids and expressions; the target is as typed, and nothing stays behind."""
    revision = {"@SECOND": f"@{repository.second}", "@SHORT": f"@{repository.second[:9]}"}.get(revision, revision)

    tree = read(f"git+{server.url}/x.git{revision}")

    assert tree.target == f"git+{server.url}/x.git{revision}"
    assert tree.digest == f"git:{getattr(repository, commit)}"
    assert [(file.path, file.data) for file in tree.files] == [("a.py", f"{commit}\n".encode())]
    assert left() == []


def test_a_server_that_knows_no_shallow_clones_is_read(repository, server):
    """Plain files over HTTP, as some hosts serve them."""
    server.dumb = True
    repository.git("update-server-info")
    server.root = repository.folder

    assert read(f"{server.url}/.git").digest == f"git:{repository.third}"


def test_only_what_is_asked_for_is_fetched(repository, server):
    """One commit, without the history behind it, and no files checked out."""
    with fetched(git_name(f"{server.url}/x.git@main"), Limits()) as (fetched_to, commit):
        copy = Path(fetched_to.folder)
        listed = subprocess.run(["git", "-C", copy, "rev-list", commit], capture_output=True, text=True, check=True)

        assert listed.stdout.split() == [repository.third]
        assert not list(copy.rglob("a.py"))


def test_an_unknown_revision_names_a_known_one(repository, server, left):
    """As for a local repository."""
    with pytest.raises(TargetError, match="there is no revision mian") as raised:
        read(f"{server.url}/x.git@mian")

    assert raised.value.remedy == "main was perhaps meant"
    assert left() == []


@pytest.mark.parametrize(
    ("status", "said"), [(404, "not found"), (401, "could not read Username"), (500, "error: 500")]
)
def test_a_server_that_refuses_is_quoted(repository, server, left, status, said):
    """Nothing is prompted for, and the password is not repeated."""
    server.refuses = status

    with pytest.raises(TargetError, match=f"can't be fetched: .*{said}") as raised:
        read(f"{server.url}/x.git")

    assert raised.value.remedy == f"git ls-remote {server.url}/x.git"
    assert left() == []


def test_a_password_is_used_but_not_shown(repository, server):
    """The URL's credentials reach the server that asks for them, and no report."""
    server.refuses = 401
    url = server.url.replace("//", "//me:secret@")

    with pytest.raises(TargetError) as raised:
        read(f"{url}/x.git")

    assert "secret" not in raised.value.problem + raised.value.remedy
    assert server.authorization[-1].startswith("Basic ")
    server.refuses = 0
    assert read(f"{url}/x.git").target == f"{server.url.replace('//', '//me:…@')}/x.git"


def test_a_server_that_never_answers_is_given_up(repository, server, left):
    """With all that git has started."""
    server.hangs = True

    with pytest.raises(TargetError, match="does not answer within 1 s"):
        read(f"{server.url}/x.git", limits=Limits(fetch_patience_s=1))

    assert left() == []


def test_more_than_may_be_downloaded_is_given_up(repository, server, left):
    """The size is watched while it arrives."""
    repository.commit({"noise.bin": os.urandom(1_000_000)})

    with pytest.raises(TargetError, match=r"larger than the limit of 0\.1 MB"):
        read(f"{server.url}/x.git", limits=Limits(max_download_bytes=100_000))

    assert left() == []


def test_what_a_killed_run_has_left_is_removed(repository, server, tmp_path):
    """Repositories that nobody has locked; one that was made just now may be another run's."""
    cache = tmp_path / "cache" / "downloads"
    cache.mkdir(mode=0o700, parents=True)
    for name in (".repository-old", ".repository-new"):
        (cache / name / "objects").mkdir(parents=True)
    os.utime(cache / ".repository-old", (0, 0))

    read(f"{server.url}/x.git")

    assert [path.name for path in cache.iterdir()] == [".repository-new"]


def test_offline_means_no_fetch(repository, server, monkeypatch):
    """GNOMON_OFFLINE forbids it before git is started."""
    monkeypatch.setenv("GNOMON_OFFLINE", "1")

    with pytest.raises(TargetError, match="GNOMON_OFFLINE is set"):
        read(f"{server.url}/x.git")

    assert server.asked == []


def test_no_configuration_but_the_users_own_is_obeyed(repository, server, tmp_path, monkeypatch):
    """The folder that gnomon is started in may be a repository that names programs: they have no say in a fetch."""
    here = Repository(tmp_path / "here")
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch '{tmp_path}/mark'\n")
    program.chmod(0o755)
    for name in ("core.sshCommand", "core.askPass", "core.gitProxy", "core.fsmonitor"):
        here.git("config", name, str(program))
    here.git("config", "credential.helper", f"!{program}")
    here.git("config", f"url.ext::{program} .insteadOf", server.url)
    here.git("config", "init.templateDir", str(tmp_path))
    here.git("config", "protocol.ext.allow", "always")
    monkeypatch.chdir(here.folder)
    monkeypatch.setenv("GNOMON_CACHE_DIR", str(here.folder / "cache"))

    assert read(f"{server.url}/x.git").digest == f"git:{repository.third}"
    server.refuses = 401
    with pytest.raises(TargetError):
        read(f"{server.url}/x.git")
    assert not (tmp_path / "mark").exists()


def test_ssh_is_asked_without_a_terminal(repository, tmp_path, monkeypatch):
    """`git@host:path` goes to ssh, which must not prompt; here it is a program that starts git's other end."""
    ssh = tmp_path / "bin" / "ssh"
    ssh.parent.mkdir()
    ssh.write_text(
        f'#!/bin/sh\necho "$@" >> "{tmp_path}/asked"\nfor last; do :; done\ncd "{tmp_path}/served" && eval "$last"\n'
    )
    ssh.chmod(0o755)
    monkeypatch.setenv("PATH", f"{ssh.parent}{os.pathsep}{os.environ['PATH']}")

    assert read("git@host:x.git@v1").digest == f"git:{repository.first}"
    assert "-o BatchMode=yes" in (tmp_path / "asked").read_text()
    assert "git@host git-upload-pack" in (tmp_path / "asked").read_text()


def test_the_users_ssh_command_is_used(repository, tmp_path, monkeypatch):
    """GIT_SSH_COMMAND, or core.sshCommand of the user's own configuration, is how the user gets to servers."""
    monkeypatch.setenv("GIT_SSH_COMMAND", f"touch {tmp_path}/mine; false")
    with pytest.raises(TargetError):
        read("git@host:x.git")
    assert (tmp_path / "mine").exists()

    monkeypatch.delenv("GIT_SSH_COMMAND")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".gitconfig").write_text(f'[core]\nsshCommand = "touch {tmp_path}/configured; false"\n')
    with pytest.raises(TargetError):
        read("git@host:x.git")
    assert (tmp_path / "configured").exists()

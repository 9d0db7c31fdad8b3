"""What a target means to git: which part is the path, which the revision, and what git is never asked for."""

import pytest

from gnomon.core.errors import TargetError
from gnomon.io.git_names import Local, Remote, git_name, shown


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    for name in ("project", "icons@2x"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "target",
    [
        "project",
        "icons@2x",
        "./icons@2x",
        "missing",
        "missing@1.0",
        "project@",
        "@main",
        "x" * 5000 + "@main",
        "a\0b@main",
    ],
)
def test_a_path_is_a_path(target):
    """What exists is a path whatever its name, and without an existing path before the @ there is no revision."""
    assert git_name(target) is None


@pytest.mark.parametrize(
    ("target", "path", "revision"),
    [
        ("project@main", "project", "main"),
        (".@HEAD~3", ".", "HEAD~3"),
        ("project@v1.0^{}", "project", "v1.0^{}"),
        ("project@HEAD@{1}", "project", "HEAD@{1}"),
        ("project@user@feature/x", "project", "user@feature/x"),
        ("icons@2x@main", "icons@2x", "main"),
        ("file:///srv/x.git@v1", "/srv/x.git", "v1"),
        ("file:///srv/a%20b", "/srv/a b", "HEAD"),
        ("git+file://localhost/srv/x.git", "/srv/x.git", "HEAD"),
    ],
)
def test_a_revision_follows_the_last_existing_path(target, path, revision):
    """The longest existing path counts; a file URL is a path."""
    assert git_name(target) == Local(path=path, revision=revision)


@pytest.mark.parametrize(
    ("target", "url", "scheme", "revision"),
    [
        ("https://host/x.git", "https://host/x.git", "https", ""),
        ("https://host/x", "https://host/x", "https", ""),
        ("git+https://host/x.git@v1", "https://host/x.git", "https", "v1"),
        ("https://host/x.git@user@feature/x", "https://host/x.git", "https", "user@feature/x"),
        ("https://me:secret@host:8443/a/x@1.0", "https://me:secret@host:8443/a/x", "https", "1.0"),
        ("https://host/@me/x", "https://host/@me/x", "https", ""),
        ("https://[::1]/x.git", "https://[::1]/x.git", "https", ""),
        ("ssh://git@host/x.git@main", "ssh://git@host/x.git", "ssh", "main"),
        ("git@host:a/x.git", "git@host:a/x.git", "ssh", ""),
        ("git@host:a/x.git@main", "git@host:a/x.git", "ssh", "main"),
        ("git://host/x.git", "git://host/x.git", "git", ""),
    ],
)
def test_a_url_may_end_in_a_revision(target, url, scheme, revision):
    """The @ of user and host is told from that of the revision."""
    assert git_name(target) == Remote(url=url, scheme=scheme, revision=revision)


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("ext::sh -c touch% marker", "run a program"),
        ("git+ext::sh", "run a program"),
        ("fd::17", "run a program"),
        ("ftp://host/x.git", "ftp is no way"),
        ("javascript://host/x", "javascript is no way"),
        ("ssh://-oProxyCommand=touch/x.git", "not a URL"),
        ("ssh://-oProxyCommand=touch@host/x.git", "not a URL"),
        ("https://host", "not a URL"),
        ("https://[::1/x", "not a URL"),
        ("file://elsewhere/x.git", "not a URL"),
        ("https://host/x.whl", "is an archive"),
        ("https://host/x.git@--upload-pack=touch", "not a revision"),
        ("https://host/x.git@", "not a revision"),
        ("project@--output=marker", "not a revision"),
        ("project@a\nb", "not a revision"),
        (f"project@{'x' * 5000}", "not a revision"),
        ("https://host/x\0.git", "not a URL"),
        ("ssh://host/x\n.git", "not a URL"),
    ],
)
def test_what_git_must_not_be_asked_is_refused(target, problem):
    """Programs as URLs, options as hosts or revisions, and what is no repository: exit code 2, with the reason."""
    with pytest.raises(TargetError, match=problem) as raised:
        git_name(target)

    assert raised.value.exit_code == 2


def test_a_password_is_not_shown():
    """A URL is shown as typed but for the password in it."""
    assert shown("https://me:se@cret@host/x.git@v1") == "https://me:…@host/x.git@v1"
    assert shown("https://me@host/x.git") == "https://me@host/x.git"
    assert shown("git@host:a:b") == "git@host:a:b"

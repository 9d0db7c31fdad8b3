"""The output formats by name, each with the one module that writes it."""

from collections.abc import Callable

from gnomon.core.errors import GnomonError
from gnomon.render.outcome import Document, Outcome

# To add one: its row here, its case below, a golden file. Nothing is imported before it is asked for.
FORMATS = {
    "text": "For people; colour and line wrapping on a terminal only.",
    "json": "For programs; its fields are listed below.",
    "sarif": "SARIF 2.1.0, for code-scanning services and editors.",
    "github": "Workflow commands: annotations in the log and on the changed lines of a pull request on GitHub.",
    "junit": "JUnit XML, for whatever shows test results: a finding is a failure, something skipped an error.",
    "gitlab": "A SAST report, for GitLab's security pages and merge requests.",
    "markdown": "A comment for a pull request or an issue.",
    "html": "One page for a browser that needs no network and no other file.",
}
MOST_TARGETS = {
    # A file with more runs is refused (https://docs.github.com/en/code-security/reference/code-scanning/sarif-files).
    "sarif": 20,
}


def writer(name: str) -> Callable[[Outcome], Document]:
    """What writes the format of that name, one of FORMATS."""
    match name:
        case "text":
            from gnomon.render.text import write
        case "json":
            from gnomon.render.json import write
        case "sarif":
            from gnomon.render.sarif import write
        case "github":
            from gnomon.render.github import write
        case "junit":
            from gnomon.render.junit import write
        case "gitlab":
            from gnomon.render.gitlab import write
        case "markdown":
            from gnomon.render.markdown import write
        case "html":
            from gnomon.render.html.scan import write
        case _:
            raise KeyError(name)
    return write


def check_targets(name: str, number: int) -> None:
    """Raises GnomonError if a document of that format can't hold so many targets: better before the work than after."""
    most = MOST_TARGETS.get(name, number)
    if number > most:
        raise GnomonError(
            f"--format {name} holds at most {most} targets (GitHub refuses more), and {number} were named.",
            remedy=f"gnomon scan --format {name} with {most} of them at a time, or all at once with --format json",
        )

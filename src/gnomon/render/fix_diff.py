"""What `gnomon fix` changes, as a diff alone: the files' own bytes for `git apply`, made visible on a terminal."""

from gnomon.render.fix_outcome import FixOutcome
from gnomon.render.outcome import Document
from gnomon.render.page import Page, Words
from gnomon.render.unified import diff


def write(outcome: FixOutcome) -> Document:
    """The diff; no byte if nothing is changed."""
    document = diff(outcome.changes, outcome.prefix)
    left_out = "" if document else f"there is nothing to apply{_hint(outcome)}"
    if outcome.style.width is None:
        return Document(data=document, left_out=left_out)
    page = Page(outcome.style)
    write_diff(page, document)
    return Document(data=page.text().encode(), left_out=left_out)


def write_diff(page: Page, document: bytes) -> None:
    """Adds a diff to the page, coloured by its marks."""
    styles = {"+": "good", "-": "bad", "@": "place"}
    for line in document.decode("utf-8", "backslashreplace").removesuffix("\n").split("\n") if document else ():
        head = line.startswith(("+++", "---", "diff ", "new file"))
        page.verbatim(Words(line.removesuffix("\r"), "strong" if head else styles.get(line[:1], "")))


def _hint(outcome: FixOutcome) -> str:
    if not outcome.unsafe and any(tried.offer.standing == "suggested" for tried in outcome.tried):
        return "; add --unsafe for what is only suggested"
    return ""

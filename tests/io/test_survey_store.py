"""The folder of a survey: what is there is whole, and what is not whole is not there."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from gnomon.core.crew import Effort
from gnomon.core.errors import GnomonError
from gnomon.core.survey import Surveyed, Tools
from gnomon.io import survey_store
from gnomon.io.survey_store import Survey, key_of

TOOLS = Tools(gnomon="1", knowledge="k", signatures="s", python="3.11")
SURVEY = Survey(
    tools=TOOLS, trace=True, audit=True, all_functions=False, history=False, targets="sha256:1", begun="2026-01-01"
)


def _answer(target: str, status: str = "examined") -> Surveyed:
    document = json.dumps({"target": target, "status": status}).encode() + b"\n"
    return Surveyed(target=target, name=target, status=status, document=document, part=b"part")


def _kept(folder: Path, *answers: Surveyed) -> None:
    with survey_store.opened(folder) as store:
        for answer in answers:
            store.keep(answer, Effort(seconds=1.0), worker="here", when="2026-01-01T00:00:00Z")


def test_an_answer_that_was_kept_is_there(tmp_path):
    """With its part, and a line in the journal; other targets have none, however much their names are alike."""
    _kept(tmp_path / "out", _answer("pypi:a==1"), _answer("../b", status="failed"))

    with survey_store.opened(tmp_path / "out") as store:
        assert store.done("pypi:a==1")
        assert not store.done("a==1")
        assert (store.failed("pypi:a==1"), store.failed("../b")) == (False, True)
        assert store.answered() == sorted([key_of("pypi:a==1"), key_of("../b")])
        assert store.part(key_of("pypi:a==1")) == b"part"
        assert [(each.target, each.status, each.effort.seconds) for each in store.journal()] == [
            ("pypi:a==1", "examined", 1.0),
            ("../b", "failed", 1.0),
        ]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("damage", [lambda data: data[:-3], lambda data: b"", lambda data: data[:10]])
def test_a_torn_document_is_not_believed(tmp_path, damage):
    """Nor is one that has another name yet, which goes when the folder is opened again."""
    _kept(tmp_path, _answer("pypi:a==1"))
    path = tmp_path / "targets" / f"{key_of('pypi:a==1')}.json"
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(path.read_bytes())
    path.write_bytes(damage(path.read_bytes()))

    with survey_store.opened(tmp_path) as store:
        assert not store.done("pypi:a==1")
        with pytest.raises(GnomonError, match="not whole"):
            store.document(key_of("pypi:a==1"))
    assert not beside.exists()


def test_a_torn_line_of_the_journal_costs_nothing_but_itself(tmp_path):
    """It is passed over, and the next line begins on a line of its own."""
    _kept(tmp_path, _answer("pypi:a==1"), _answer("pypi:b==1"))
    journal = tmp_path / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-20])
    _kept(tmp_path, _answer("pypi:c==1"))

    assert [each.target for each in survey_store.SurveyStore(tmp_path).journal()] == ["pypi:a==1", "pypi:c==1"]


def test_a_survey_goes_on_only_as_it_was_begun(tmp_path):
    """Answers of another gnomon, or to other questions, would not go together; a longer list and a later day do."""
    survey_store.begin(tmp_path, SURVEY)
    survey_store.begin(tmp_path, msgspec.structs.replace(SURVEY, targets="sha256:2", begun="2027-01-01"))

    assert survey_store.survey_of(tmp_path) == SURVEY
    for other, told in (
        (msgspec.structs.replace(SURVEY, trace=False), r"trace \(on, now off\)"),
        (msgspec.structs.replace(SURVEY, tools=msgspec.structs.replace(TOOLS, gnomon="2")), r"gnomon \(1, now 2\)"),
    ):
        with pytest.raises(GnomonError, match=told) as raised:
            survey_store.begin(tmp_path, other)
        assert "gnomon survey LIST -o" in raised.value.remedy


def test_two_runs_do_not_share_a_folder(tmp_path, monkeypatch):
    """The second is told; when the first is killed the folder is free."""
    monkeypatch.setattr(survey_store, "_PATIENCE_S", 0.1)
    text = (
        "import sys\nfrom pathlib import Path\nfrom gnomon.io import survey_store\n"
        "with survey_store.opened(Path(sys.argv[1])):\n    print('open', flush=True)\n    sys.stdin.read()\n"
    )
    other = subprocess.Popen([sys.executable, "-c", text, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout.readline() == b"open\n"
    with pytest.raises(GnomonError, match="another run"), survey_store.opened(tmp_path):
        pass
    other.kill()
    other.communicate()

    with survey_store.opened(tmp_path) as store:
        assert store.answered() == []

"""What a survey of real folders says as a whole: who took it from whom, where it still is, and on which page."""

import json
import shutil

import duckdb
import msgspec
import pytest
from click.testing import CliRunner

from gnomon.cli.ecosystem import MADE_OF_ALL, ecosystem_of
from gnomon.cli.examining import examine, tools
from gnomon.cli.report import command as report
from gnomon.cli.surveying import survey_of, tables_of
from gnomon.core.crew import Effort
from gnomon.core.errors import GnomonError
from gnomon.core.survey import Instructions, Surveyed
from gnomon.io.survey_store import begin, opened
from gnomon.render.document import packed

SERVER = """\
# {comment}
import pickle

import zmq


class Channel:
    def __init__(self, port):
        self.socket = zmq.Context().socket(zmq.PULL)
        self.socket.setsockopt(zmq.RCVHWM, 100)
        self.socket.bind("tcp://*:" + str(port))

    def receive(self, timeout=None):
        if self.socket.poll(timeout) == 0:
            raise TimeoutError("nothing has come")
        frames = self.socket.recv_multipart(copy=False)
        header, body = frames[0].bytes, frames[-1].buffer
        message = pickle.loads(body)
        self.counter = self.counter + len(header)
        return message
"""
PROJECTS = {
    "maker": SERVER.format(comment="The original."),
    "copier": SERVER.format(comment="Adapted from https://github.com/example/maker/blob/main/channel.py"),
    "clean": "import json\n\n\ndef load(text):\n    return json.loads(text)\n",
}


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    """The folder of a survey of three projects and of one that is not there, with its tables."""
    folder = tmp_path_factory.mktemp("ecosystem")
    for name, text in PROJECTS.items():
        (folder / name).mkdir()
        (folder / name / "channel.py").write_text(text)
    asked = Instructions(tools=tools(), folder=str(folder), cache=False)
    with opened(folder / "out") as store:
        begin(store.folder, survey_of(asked, ()))
        for name in (*PROJECTS, "./nowhere"):
            answer = msgspec.msgpack.decode(examine(packed(asked), name), type=Surveyed)
            store.keep(answer, Effort(), worker="here", when="2026-01-01T00:00:00Z")
        tables_of(store)
    return folder / "out"


def test_the_whole_is_told(survey):
    """Who took it from whom, and why that is believed; which packages are flawed; what could not be read."""
    ecosystem_of(survey)
    told = json.loads((survey / "ecosystem.json").read_text())

    assert [(each["source"], each["target"], each["confidence"]) for each in told["passages"]] == [
        ("maker", "copier", "high")
    ]
    assert told["passages"][0]["clues"][0]["kind"] == "attribution"
    assert {each["name"]: each["state"] for each in told["packages"]} == {
        "maker": "unfixed", "copier": "unfixed", "clean": "clear", "./nowhere": "not-read",
    }  # fmt: skip
    assert {(each["project"], each["exposure"]["reach"], each["spread"]) for each in told["standing"]} == {
        ("maker", "any-host", 1), ("copier", "any-host", 0),
    }  # fmt: skip
    assert (told["summary"]["targets"], told["summary"]["failed"], told["summary"]["flawed_packages"]) == (4, 1, 2)
    rows = duckdb.sql(f"SELECT source_project, target_project, doubtful FROM '{survey / 'edges.parquet'}'").fetchall()
    assert rows == [("maker", "copier", False)]
    assert b"2 of 4 packages have flawed code" in (survey / "report.html").read_bytes()


def test_the_same_answers_give_the_same_bytes(survey):
    """However often it is made; nothing is left behind."""
    ecosystem_of(survey)
    before = {name: (survey / name).read_bytes() for name in MADE_OF_ALL}
    ecosystem_of(survey)

    assert {name: (survey / name).read_bytes() for name in MADE_OF_ALL} == before
    assert [path.name for path in survey.iterdir() if path.name.startswith(".")] == [".lock"]


def test_report_makes_the_page_of_a_survey(survey, tmp_path):
    """In its folder, or where that is asked for; from ecosystem.json alone."""
    ecosystem_of(survey)
    page = (survey / "report.html").read_bytes()
    shutil.copy(survey / "ecosystem.json", tmp_path)

    answer = CliRunner().invoke(report, [str(tmp_path), "--no-open"], standalone_mode=False)
    elsewhere = CliRunner().invoke(
        report, [str(tmp_path), "--no-open", "-o", str(tmp_path / "x.html")], standalone_mode=False
    )

    assert (answer.return_value, elsewhere.return_value) == (0, 0)
    assert (tmp_path / "report.html").read_bytes() == (tmp_path / "x.html").read_bytes() == page


@pytest.mark.parametrize(("text", "told"), [(None, "no survey, or not finished"), ("{}", "not what a survey writes")])
def test_another_folder_is_refused(tmp_path, text, told):
    """With what to type."""
    if text is not None:
        (tmp_path / "ecosystem.json").write_text(text)

    answer = CliRunner().invoke(report, [str(tmp_path), "--no-open"], standalone_mode=False)

    assert isinstance(answer.exception, GnomonError)
    assert told in answer.exception.problem
    assert "gnomon survey" in answer.exception.remedy

"""The lineage that exercise 9 shows is the one that `gnomon trace` draws of the exercise's own files."""

from gnomon.cli.main import run
from gnomon.knowledge.lessons import load

LEARNED = ("--id", "ember-queue", "--repository", "ember-llm/ember", "--title", "ember's queue unpickles what arrives")
PROJECTS = ("kiln", "furnace", "forge", "hearth")


def words(text):
    """Without line breaks and the lines of the tree, which depend on how wide a terminal is."""
    return " ".join(text.translate(dict.fromkeys(map(ord, "│├└─"), " ")).split())


def test_the_shown_lineage_is_what_trace_says(tmp_path, monkeypatch, capsys):
    """Word by word, so that a new wording or another state is seen here."""
    files = {file.name: file.text for lesson in load() if lesson.id == "read-a-lineage" for file in lesson.files}
    laid_out = {f"{project}/{project}.py": files[f"{project}.py"] for project in PROJECTS}
    for version, name in (("1.0", "ember.py"), ("1.1", "ember_repaired.py")):
        laid_out[f"ember-{version}/queue.py"] = files[name]
        laid_out[f"ember-{version}/PKG-INFO"] = f"Name: ember\nVersion: {version}\n"
    for name, text in laid_out.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    run(["trace", "learn", "ember-1.0", "ember-1.1", *LEARNED, "-o", "mine"])
    capsys.readouterr()
    run(["trace", "--signatures", "mine", *PROJECTS])

    assert words(files["lineage.txt"]) in words(capsys.readouterr().out)

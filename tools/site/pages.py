"""The pages of the site: the file of the repository that each comes from, where it lies, and the navigation."""

from pathlib import Path

from gnomon.cli.main import VERBS

WIRE = {"gnomon.wire": "docs/wire.md", "From pickle in an hour": "docs/from-pickle.md", "Format": "docs/wire-format.md"}
START = {
    "Home": "docs/index.md",
    "Start in 60 seconds": "docs/start.md",
    "For maintainers": "docs/maintainers.md",
    "For SREs": "docs/sres.md",
    "For researchers": "docs/researchers.md",
    "Exercises in the browser": "docs/exercises.md",
    "FAQ": "docs/faq.md",
}
UNDERSTAND = {
    "How it works": "docs/engine.md",
    "How accurate it is": "docs/accuracy.md",
    "All measurements": "bench/README.md",
    "Threat model": "docs/threat-model.md",
    "Scale": "docs/scale.md",
    "The ecosystem of a survey": "docs/ecosystem.md",
}
REFERENCE = {
    "Command line": "docs/cli.md",
    "A survey on a cluster": "docs/cluster.md",
    "Configuration": "docs/configuration.md",
    "Where code changes": "docs/integrations.md",
    "Advisories": "docs/advisories.md",
    "Signatures": "docs/signatures.md",
    "Models of libraries": "docs/models.md",
}
PROJECT = {
    "Security": "SECURITY.md",
    "Contributing": "CONTRIBUTING.md",
    "Architecture": "ARCHITECTURE.md",
    "Changes": "CHANGELOG.md",
    "License": "LICENSE",
}
"""Title -> file of the repository, a table each part of the navigation."""
OTHERWISE = {"bench/README.md": "measurements.md"}
"""File -> where it lies on the site, if its name alone would say nothing."""


def navigation(root: Path) -> dict[str, dict[str, str]]:
    """Part -> its pages, title -> file: a page a verb and a page a rule, whichever there are, and the tables above."""
    rules = sorted(path.name for path in (root / "docs" / "rules").glob("*.md") if path.name != "README.md")
    return {
        "Start": START,
        "Verbs": {verb: f"docs/{verb}.md" for verb in VERBS},
        "The safe channel": WIRE,
        "Rules": {"All rules": "docs/rules/README.md"} | {name[:-3]: f"docs/rules/{name}" for name in rules},
        "Understand": UNDERSTAND,
        "Reference": REFERENCE,
        "Project": PROJECT,
    }


def place(file: str) -> str:
    """Where a file of the repository lies on the site: all documents at the top, and the rules in a folder."""
    if file.startswith("docs/"):
        return file.removeprefix("docs/").replace("README.md", "index.md")
    return OTHERWISE.get(file, file.lower() if file.endswith(".md") else f"{file.lower()}.md")

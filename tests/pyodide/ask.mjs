// Asks gnomon under Pyodide: node ask.mjs RUNTIME QUESTIONS, where RUNTIME is a folder that tools/browser_runtime.py made,
// and QUESTIONS a JSON file: projects to be scanned, and answers to exercises with the judge and what it is to be told.
// Prints, as JSON, what was found in each project (rule, severity, message, path and line), and what was said of each answer.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

// Without this, Node would print the line that threw: a megabyte of generated code.
process.on("uncaughtException", (error) => { console.error(String(error)); process.exit(1); });

const [runtime, questions] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(runtime, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: runtime });
for (const [name, format] of [["msgspec.whl", "wheel"], ["gnomon.zip", "zip"]]) {
  python.unpackArchive(new Uint8Array(fs.readFileSync(path.join(runtime, name))), format);
}
const { projects, answers, judge, seen } = JSON.parse(fs.readFileSync(questions, "utf8"));
python.globals.set("projects", JSON.stringify(projects));
const found = python.runPython(`
import json, os
os.environ["GNOMON_CACHE_DIR"] = "/tmp/gnomon"
from gnomon.core.finding import Finding
from gnomon.core.tree import SourceFile, Tree
from gnomon.knowledge.load import load
from gnomon.scan.detect import findings

def answers(project):
    files = tuple(SourceFile(path=path, data=text.encode()) for path, text in project["files"])
    tree = Tree(target=project["name"], files=files)
    return [
        [answer.rule, answer.severity.value, answer.message, answer.site.path, answer.site.line]
        for answer in findings(tree, load()) if isinstance(answer, Finding)
    ]

json.dumps({project["name"]: answers(project) for project in json.loads(projects)})
`);
python.runPython(fs.readFileSync(judge, "utf8"));
const judged = python.globals.get("judged");
const replies = answers.map(([number, answer]) => JSON.parse(judged(number, JSON.stringify(answer), JSON.stringify(seen))));
console.log(JSON.stringify({ found: JSON.parse(found), replies }));

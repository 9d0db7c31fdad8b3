// The scanner, in a thread of its own: what takes too long there is ended from the page, which never waits itself.
const here = new URL(".", import.meta.url);
const ask = self.fetch.bind(self);
let fetched = 0;

// Everything that is fetched is counted, for the page to tell how far it is.
self.fetch = async (...what) => {
  const response = await ask(...what);
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  const counted = new TransformStream({
    transform(chunk, out) {
      fetched += chunk.byteLength;
      self.postMessage({ fetched });
      out.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(counted), response);
};

async function started() {
  const { loadPyodide } = await import(new URL("pyodide.mjs", here));
  const python = await loadPyodide({ indexURL: here.href });
  for (const [name, format] of [["msgspec.whl", "wheel"], ["gnomon.zip", "zip"]]) {
    python.unpackArchive(await (await fetch(new URL(name, here))).arrayBuffer(), format);
  }
  python.runPython('import os; os.environ["GNOMON_CACHE_DIR"] = "/tmp/gnomon"');
  python.runPython(await (await fetch(new URL("judge.py", here))).text());
  const trials = await (await fetch(new URL("trials.json", here))).text();
  const judged = python.globals.get("judged");
  return (number, answer) => judged(number, JSON.stringify(answer), trials);
}

const judge = started();
judge.then(() => self.postMessage({ ready: true }), (error) => self.postMessage({ failed: String(error) }));

self.onmessage = async ({ data: { number, answer } }) => {
  try {
    const judged = await judge;
    self.postMessage({ begun: true });
    self.postMessage({ reply: JSON.parse(judged(number, answer)) });
  } catch (error) {
    self.postMessage({ failed: String(error) });
  }
};

// The page's end of the worker: one answer at a time, with an end to every wait.
const LONGEST_S = 20;
const SLOWEST_START_S = 300; // 14 MB over a poor line

export class Scanner {
  #worker = null;
  #waiting = null;
  #timer = 0;
  #last = Promise.resolve();

  /** `tell` is called with "fetching", and bytes so far, and with "ready" or "ended". */
  constructor(tell) {
    this.tell = tell;
  }

  start() {
    if (this.#worker) return;
    this.#worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#heard(data);
    this.#worker.onerror = (event) => this.#end(event.message || "it could not be started");
    this.#limit(SLOWEST_START_S, "it could not be fetched in five minutes");
    this.tell("fetching", 0);
  }

  /** What is said of an answer, after those that came before. Rejects with a sentence. */
  judged(number, answer) {
    const asked = this.#last.then(() => this.#asked(number, answer));
    this.#last = asked.catch(() => {});
    return asked;
  }

  #asked(number, answer) {
    this.start();
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#worker.postMessage({ number, answer });
    });
  }

  #heard(data) {
    if (data.fetched) this.tell("fetching", data.fetched);
    if (data.ready || data.reply) clearTimeout(this.#timer);
    if (data.ready) this.tell("ready");
    if (data.begun) this.#limit(LONGEST_S, `it took more than ${LONGEST_S} seconds`);
    if (data.failed) this.#end(data.failed);
    if (data.reply) {
      this.#waiting?.resolve(data.reply);
      this.#waiting = null;
    }
  }

  #limit(seconds, why) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(why), seconds * 1000);
  }

  #end(why) {
    clearTimeout(this.#timer);
    this.#worker.terminate();
    this.#worker = null;
    this.tell("ended", why);
    this.#waiting?.reject(new Error(why));
    this.#waiting = null;
  }
}

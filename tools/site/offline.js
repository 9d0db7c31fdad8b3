// Opened from a folder, a browser gives a page no workers. The search runs in a hidden frame then, by the same messages.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.documentElement.append(frame);
      const inside = frame.contentWindow;
      inside.postMessage = (data) => {
        const event = new MessageEvent("message", { data: structuredClone(data) });
        this.dispatchEvent(event);
        this.onmessage?.(event);
      };
      this.ready = new Promise((done) => {
        const script = inside.document.createElement("script");
        script.src = url;
        script.onload = () => done(inside);
        inside.document.documentElement.append(script);
      });
    }

    postMessage(data) {
      const copy = structuredClone(data); // as a worker would get it: the search changes what it is given
      this.ready.then((inside) => inside.dispatchEvent(new inside.MessageEvent("message", { data: copy })));
    }

    terminate() {}
  };
}

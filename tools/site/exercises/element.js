// Elements of the page. Every text becomes a text node: nothing is ever read as HTML.

/** An element with properties (`class`, `on…`, attributes) and children: elements and texts. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (typeof value === "boolean") made.toggleAttribute(key, value);
    else made.setAttribute(key, value);
  }
  made.append(...children.flat());
  return made;
}

/** What is typed in a terminal. */
export function command(text) {
  return element("code", { class: "command" }, text);
}

/** A paragraph's words. */
export function words(spans) {
  return spans.map(({ text, code, strong, link }) => {
    if (code) return element("code", {}, text);
    if (strong) return element("strong", {}, text);
    return link?.startsWith("https://") ? element("a", { href: link, rel: "noreferrer" }, text) : text;
  });
}

/** Paragraphs, lists and code. */
export function prose(blocks) {
  const made = [];
  let list = null;
  for (const { mark, code, spans } of blocks) {
    if (!mark) list = null;
    if (code) made.push(element("pre", { tabindex: "0" }, element("code", {}, code)));
    else if (!mark) made.push(element("p", {}, words(spans)));
    else {
      if (!list) made.push((list = element(mark === "-" ? "ul" : "ol")));
      list.append(element("li", {}, words(spans)));
    }
  }
  return made;
}

/** A change, with what is new and what is gone in colours. */
export function difference(text, label) {
  const lines = text.replace(/\n$/, "").split("\n").map((line) => {
    const kind = /^(\+\+\+|---|@@|diff |new file)/.test(line) ? "head" : { "+": "new", "-": "gone" }[line[0]] ?? "same";
    return element("span", { class: kind }, `${line}\n`);
  });
  const properties = { class: "difference", tabindex: "0", role: "region", "aria-label": label };
  return element("pre", properties, element("code", {}, lines));
}

// Elements by name, attributes and children. Text is always text: nothing here reads markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...present(children));
  return element;
}

// Children as they are written down: lists in lists, and what is there only sometimes.
export const present = (children) =>
  children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);

export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

// A list of names and values, as <dl>. A value is text or an element.
export function facts(rows, attributes = {}) {
  return el(
    "dl",
    { class: "facts", ...attributes },
    rows.map(([name, value, says]) =>
      el("div", {}, el("dt", {}, name), el("dd", {}, el("code", {}, value), says ? el("p", { class: "says" }, says) : null)),
    ),
  );
}

export function copyButton(text, label) {
  const button = el("button", { type: "button", class: "small second" }, label);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = "Copied";
    } catch {
      button.textContent = "Copying is not allowed here";
    }
    setTimeout(() => (button.textContent = label), 2000);
  });
  return button;
}

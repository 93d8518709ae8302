// One flow: what it is for, what it needs, the button, the drawing, and its steps.

import { diagram } from "./diagram.js";
import { el, present } from "./dom.js";
import { Run } from "./run.js";
import { stepView } from "./step-view.js";

const GUIDE = "docs/flows.md";

export class FlowView {
  constructor({ main, server, config, flow, off, kept }) {
    Object.assign(this, { main, server, config, flow, off, kept });
    this.attack = flow.attacks?.find((attack) => attack.id === kept?.attack) ?? null;
    this.run = null;
    this.opened = new Map();
  }

  draw() {
    const { flow, off } = this;
    this.figure = el("figure", { "data-testid": "diagram" });
    this.status = el("p", { role: "status", class: "status", "data-testid": "status" });
    this.steps = el("ol", { class: "steps", "data-testid": "steps" });
    this.go = el("button", { type: "submit", disabled: Boolean(off) }, "Run the flow");
    this.nextButton = el("button", { type: "button", class: "second", hidden: true, onclick: () => this.run.go() }, "Next step");
    this.paced = el("input", { type: "checkbox", id: "paced", checked: this.kept?.paced });
    this.form = el(
      "form",
      { class: "settings", onsubmit: (event) => this.start(event) },
      el("div", { class: "inputs" }, (flow.inputs ?? []).map((input) => this.input(input))),
      flow.attacks?.length ? this.attackChoice() : null,
      el("div", { class: "actions" }, this.go, this.nextButton, el("label", { class: "check", for: "paced" }, this.paced, "One step at a time")),
    );
    this.main.replaceChildren(
      ...present([
      el("h1", {}, flow.title),
      el("p", { class: "lead" }, flow.who),
      off ? el("p", { class: "note caution", "data-testid": "off" }, `Not at this server. ${off}`) : null,
      this.about(),
      this.form,
      this.status,
      el("h2", { class: "hidden" }, "The run, step by step"),
      el("div", { class: "run" }, this.figure, this.steps),
      ]),
    );
    this.width = new ResizeObserver(() => this.redraw());
    this.width.observe(this.figure);
    this.preview();
  }

  close() {
    this.width.disconnect();
    this.run?.stop();
  }

  note(text) {
    if (text) this.status.textContent = text;
  }

  about() {
    const { pros = [], cons = [] } = this.flow;
    const list = (name, items) => el("ul", { class: name }, items.map((item) => el("li", {}, item)));
    return el(
      "details",
      { class: "about" },
      el("summary", {}, "Is it the flow for your app?"),
      list("pros", pros),
      list("cons", cons),
      el("p", { class: "soft" }, "More in ", this.guide(), "."),
    );
  }

  // Where it is served (make run), a link; elsewhere its name.
  guide() {
    const name = el("code", {}, `${GUIDE}#${this.flow.id}`);
    const { guide } = this.config;
    return guide ? el("a", { href: guide, target: "_blank", rel: "noopener noreferrer" }, name) : name;
  }

  input({ name, label, value, options, secret, optional }) {
    const kept = this.kept?.inputs?.[name] ?? value(this.config);
    const attributes = { id: name, name, autocomplete: "off", spellcheck: "false" };
    const field = options
      ? el("select", attributes, options(this.server).map((option) => el("option", { value: option, selected: option === kept }, option)))
      : el("input", { ...attributes, type: secret ? "password" : "text", value: kept, required: !optional });
    const where = secret ? el("p", { class: "says", id: `${name}-says` }, "Stays in this tab.") : null;
    if (secret) field.setAttribute("aria-describedby", `${name}-says`);
    return el("div", { class: "field" }, el("label", { for: name }, label), field, where);
  }

  attackChoice() {
    const choice = (id, label) =>
      el(
        "label",
        { class: "check" },
        el("input", { type: "radio", name: "attack", value: id, checked: (this.attack?.id ?? "") === id, onchange: () => this.choose(id) }),
        label,
      );
    return el(
      "fieldset",
      { class: "attacks" },
      el("legend", {}, "Break it"),
      choice("", "Nothing: as it should go"),
      this.flow.attacks.map(({ id, label }) => choice(id, label)),
    );
  }

  choose(id) {
    this.attack = this.flow.attacks.find((attack) => attack.id === id) ?? null;
    this.preview();
  }

  // The drawing of a run that has not begun.
  preview() {
    this.run?.stop();
    this.run = this.make({});
    this.tell(this.run);
    this.status.textContent = this.attack ? this.attack.stops : "";
  }

  make(kept) {
    const inputs = kept.inputs ?? Object.fromEntries(new FormData(this.form));
    const { server, config, flow, attack } = this;
    return new Run({ server, config, flow, attack, inputs, kept, tell: (run) => run === this.run && this.tell(run) });
  }

  async start(event) {
    event.preventDefault();
    this.run?.stop();
    this.opened.clear();
    this.run = this.make({ paced: this.paced.checked });
    this.tell(this.run);
    await this.run.go();
  }

  async resume(response) {
    this.run = this.make(this.kept);
    await this.run.comeBack(response);
  }

  tell(run) {
    this.nextButton.hidden = run.state !== "paused";
    this.go.textContent = run.log.length ? "Run it again" : "Run the flow";
    this.redraw();
    this.status.className = `status ${outcome(run)}`;
    if (run.state !== "ready") this.status.textContent = said(run);
    this.steps.replaceChildren(...run.steps.map((step, index) => stepView(step, run, index, this.opened)));
    if (run.state === "paused") this.nextButton.focus({ preventScroll: true });
    if (run.state === "ended" || run.state === "failed") this.status.scrollIntoView({ block: "nearest" });
  }

  redraw() {
    if (!this.run) return;
    const width = Math.max(280, Math.floor(this.figure.clientWidth || 560));
    this.figure.replaceChildren(diagram(this.run, width));
  }
}

function outcome(run) {
  if (run.state === "failed") return "fault";
  return run.state === "ended" ? (run.attack ? "refused" : "ok") : "";
}

function said(run) {
  const done = `Step ${Math.min(run.log.length + (run.state === "away" ? 1 : 0), run.steps.length)} of ${run.steps.length}`;
  switch (run.state) {
    case "ended":
      return run.attack ? `Refused, as it should be. ${run.attack.stops} (${run.attack.rule})` : "Done: every step went as it should.";
    case "failed":
      return run.attack ? "This was not refused as it should have been. See the last step." : `${done}: this went wrong. ${why(run)}`;
    case "away":
      return `${done}: the browser is on its way to the server.`;
    case "paused":
      return `${done} is done. Look at it, then go on.`;
    default:
      return run.log.at(-1)?.asked ? `${done}: the device waits for the person. Its screen is below.` : `${done} …`;
  }
}

function why(run) {
  const last = run.log.at(-1);
  const told = last?.answer?.json ?? last?.returned ?? {};
  return last?.problem ?? ([told.error, told.error_description].filter(Boolean).join(": ") || "See the last step.");
}

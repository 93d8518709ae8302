// A run of a flow: its steps one after the other, each told as it happens, kept in this tab's sessionStorage
// while the browser is away at the sign-in pages.
//
// A step has one of
//   make(run)   what the app does by itself: rows of [name, value, words]
//   send(run)   a request (server.js says of what); take(run, json) keeps what comes back
//   visit(run)  a request by the browser itself, which comes back to /playground/callback
//   check(run)  what the app must verify: a list of { name, ok, says, rule }
// and whom it is from and to, for the diagram. `again(json)` of a send says in how many seconds to ask again.

import { send, toRequest } from "./server.js";

const KEPT = "keyturn.playground.run";

// The steps of a flow, or of an attack on it: up to the step it is at, and what it goes on with.
export function plan(flow, attack) {
  if (!attack) return flow.steps;
  const at = flow.steps.findIndex((step) => step.id === attack.at);
  const until = flow.steps.slice(0, at + 1);
  if (!attack.after) until[at] = { ...until[at], attack, expect: attack.expect, from: attack.by ?? until[at].from };
  return [...until, ...(attack.then ?? [])];
}

export class Run {
  constructor({ server, config, flow, attack = null, inputs, tell, kept = {} }) {
    Object.assign(this, { server, config, flow, attack, inputs, tell });
    this.steps = plan(flow, attack);
    this.values = kept.values ?? {};
    this.specs = kept.specs ?? {};
    this.log = kept.log ?? [];
    this.paced = kept.paced ?? false;
    this.state = "ready";
  }

  // What a run that left for the sign-in pages was; null where there is none.
  static kept() {
    try {
      return JSON.parse(sessionStorage.getItem(KEPT));
    } catch {
      return null;
    }
  }

  static forget() {
    sessionStorage.removeItem(KEPT);
  }

  // The client of a role, by what was typed in for it.
  client(role) {
    const given = (name) => this.inputs[`${role}_${name}`];
    return {
      client_id: this.values[`${role}_id`] ?? given("id"),
      client_secret: this.values[`${role}_secret`] ?? given("secret"),
      method: this.values[`${role}_method`] ?? given("method") ?? "none",
      key: this.values[`${role}_key`],
    };
  }

  get next() {
    return this.steps[this.log.length] ?? null;
  }

  // Goes on until the end, a fault, or (paced) after one step.
  async go() {
    this.state = "running";
    while (this.state === "running" && this.next) {
      await this.#step(this.next);
      if (this.paced && this.state === "running" && this.next) this.state = "paused";
    }
    if (this.state === "running") this.state = "ended";
    if (this.state === "ended" || this.state === "failed") Run.forget();
    this.tell(this);
  }

  stop() {
    this.state = "stopped";
    Run.forget();
  }

  // The browser is back from a visit with these parameters.
  async comeBack(parameters) {
    const step = this.next;
    const entry = { id: step.id, request: this.values.visited, returned: parameters };
    const error = parameters.error;
    if (step.expect) entry.verdict = step.expect.error === error ? "refused" : "fault";
    else entry.verdict = error ? "fault" : "ok";
    this.values.response = parameters;
    this.log.push(entry);
    if (entry.verdict === "fault") this.state = "failed";
    if (this.state === "failed") return this.tell(this);
    if (this.paced && this.next) {
      this.state = "paused";
      return this.tell(this);
    }
    return this.go();
  }

  async #step(step) {
    const entry = { id: step.id, verdict: "sent" };
    try {
      if (step.make) await this.#make(step, entry);
      else if (step.send) await this.#send(step, entry);
      else if (step.visit) await this.#visit(step, entry);
      else await this.#check(step, entry);
    } catch (error) {
      if (!this.log.includes(entry)) this.log.push(entry);
      entry.verdict = "fault";
      entry.problem = error.message;
    }
    if (entry.verdict === "fault") this.state = "failed";
    this.tell(this);
  }

  async #make(step, entry) {
    entry.made = await step.make(this);
    entry.verdict = "ok";
    this.log.push(entry);
  }

  async #check(step, entry) {
    if (step.attack) await step.attack.change(this.values, this);
    entry.checks = await step.check(this);
    const failed = entry.checks.filter((check) => check.ok === false);
    if (step.expect) entry.verdict = failed.some((check) => check.name === step.expect.check) ? "refused" : "fault";
    else entry.verdict = failed.length ? "fault" : "ok";
    this.log.push(entry);
  }

  async #changed(step, spec) {
    this.specs[step.id] = spec;
    return step.attack ? step.attack.change(structuredClone(spec), this) : spec;
  }

  async #send(step, entry) {
    const spec = await this.#changed(step, await step.send(this));
    this.log.push(entry);
    for (;;) {
      entry.request = await toRequest(this.server, spec);
      this.tell(this);
      entry.answer = await send(entry.request);
      if (step.again) entry.asked = (entry.asked ?? 0) + 1;
      const again = step.expect ? null : step.again?.(entry.answer.json, this);
      if (!again) break;
      this.tell(this);
      await new Promise((done) => setTimeout(done, again * 1000));
      if (this.state !== "running") return;
    }
    entry.verdict = judge(step, entry.answer);
    if (entry.verdict === "ok") await step.take?.(this, entry.answer.json ?? {}, entry.answer);
  }

  async #visit(step, entry) {
    const spec = await this.#changed(step, await step.visit(this));
    const request = await toRequest(this.server, spec);
    if (step.attack?.probe) {
      // Asked without leaving: what the server would do with the browser is seen, and not done.
      entry.request = request;
      entry.answer = await send(request);
      entry.verdict = judge(step, entry.answer);
      this.log.push(entry);
      return;
    }
    this.values.visited = request;
    this.state = "away";
    this.keep();
    this.tell(this);
    location.assign(request.url);
  }

  keep() {
    const { inputs, values, specs, log, paced } = this;
    const names = { flow: this.flow.id, attack: this.attack?.id ?? null };
    sessionStorage.setItem(KEPT, JSON.stringify({ ...names, inputs, values, specs, log, paced }));
  }
}

// Whether an answer is the one to be had: `ok`; `refused`, where that is right; or a `fault`.
function judge(step, answer) {
  const { expect } = step;
  if (!expect) return answer.status >= 200 && answer.status < 300 ? "ok" : "fault";
  const among = (expected, value) => expected === undefined || [expected].flat().includes(value);
  const right =
    among(expect.status, answer.status) &&
    among(expect.error, answer.json?.error) &&
    Object.entries(expect.json ?? {}).every(([name, value]) => answer.json?.[name] === value);
  if (!right) return "fault";
  return expect.fine ? "ok" : "refused";
}

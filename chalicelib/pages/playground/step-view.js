// One step of a run: what was sent, what came back, what was verified, each value explained.

import { copyButton, el, facts } from "./dom.js";
import { EXPLAINED } from "./explained.js";
import { decode } from "./jwt.js";
import { curl } from "./server.js";

const MARKS = { ok: "✓", refused: "✕", fault: "!", sent: "…" };
const SAID = { ok: "done", refused: "refused, as it should be", fault: "went wrong", sent: "under way" };
const TIMES = new Set(["exp", "iat", "nbf", "auth_time", "updated_at"]);

export function stepView(step, run, index, opened) {
  const entry = run.log[index];
  const away = run.state === "away" && index === run.log.length;
  const verdict = away ? "sent" : entry?.verdict;
  const last = index === run.log.length - 1;
  const summary = el(
    "summary",
    {},
    el("span", { class: "mark", "aria-hidden": "true" }, MARKS[verdict] ?? index + 1),
    el("span", { class: "title" }, title(step), verdict ? el("span", { class: "hidden" }, ` (${SAID[verdict]})`) : null),
    entry?.answer ? el("code", { class: "code" }, statusText(entry.answer)) : null,
  );
  // What a step shows to the person (a device's code) is needed while the run goes on.
  const open = opened.get(step.id) ?? (last || verdict === "refused" || Boolean(entry?.checks) || Boolean(entry && step.show));
  const box = el(
    "details",
    { open },
    summary,
    el("p", { class: "say" }, step.attack ? `Broken: ${step.attack.label}.` : step.say),
    entry ? content(step, entry, run) : null,
  );
  // Every step is drawn anew as the run goes on; what somebody opened or closed stays so.
  summary.addEventListener("click", () => opened.set(step.id, !box.open));
  return el("li", { class: `step ${verdict ?? "ahead"}`, "data-testid": `step-${step.id}`, "data-verdict": verdict ?? "" }, box);
}

function title(step) {
  if (step.title) return step.title;
  if (step.make) return `Made up: ${step.label}`;
  if (step.check) return `Verified: ${step.label}`;
  return step.label;
}

const statusText = (answer) => (answer.redirected ? "redirect" : String(answer.status));

function content(step, entry, run) {
  const parts = [];
  if (step.show) parts.push(step.show(run));
  if (entry.made) parts.push(facts(entry.made));
  if (entry.request) parts.push(request(entry.request));
  if (entry.asked) parts.push(el("p", { class: "soft" }, `Asked ${entry.asked === 1 ? "once" : `${entry.asked} times`} so far.`));
  if (entry.answer) parts.push(answer(entry.answer));
  if (entry.returned) parts.push(el("section", {}, el("h3", {}, "What came back, by the browser"), parameters(Object.entries(entry.returned))));
  for (const name of step.shows ?? []) parts.push(token(name, run.values[name]));
  if (entry.checks) parts.push(checks(entry.checks));
  if (entry.problem) parts.push(el("p", { class: "note alert" }, entry.problem));
  return parts;
}

function parameters(rows) {
  return facts(
    rows.map(([name, value]) => {
      const [words, rule] = EXPLAINED[name] ?? [];
      return [name, String(value), words ? `${words} (${rule})` : null];
    }),
  );
}

function request({ method, url, headers, form, json, body }) {
  const address = new URL(url);
  const bare = address.origin + address.pathname;
  const shown = Object.entries(headers);
  return el(
    "section",
    {},
    el("h3", {}, "Request"),
    el("pre", {}, `${method} ${bare}\n${shown.map(([name, value]) => `${name}: ${value}`).join("\n")}`.trim()),
    address.search ? parameters([...address.searchParams]) : null,
    form.length ? parameters(form) : null,
    json ? el("pre", {}, JSON.stringify(json, null, 2)) : null,
    copyButton(() => curl({ method, url, headers, body }), "Copy as curl"),
  );
}

function answer({ status, redirected, headers, json, text }) {
  return el(
    "section",
    {},
    el("h3", {}, "Response"),
    el("pre", {}, `${redirected ? "A redirect" : `HTTP ${status}`}\n${headers.map(([name, value]) => `${name}: ${value}`).join("\n")}`.trim()),
    json ? el("pre", { class: "body" }, JSON.stringify(json, null, 2)) : text ? el("pre", { class: "body" }, text) : null,
  );
}

// A token taken apart: header, claims, and times as people read them.
export function token(name, value) {
  if (!value) return el("p", { class: "soft" }, `There is no ${name}.`);
  const jwt = decode(value);
  if (!jwt) return el("section", {}, el("h3", {}, `${name}: opaque`), el("pre", {}, value));
  const rows = (part) =>
    Object.entries(part).map(([claim, it]) => [
      claim,
      typeof it === "object" ? JSON.stringify(it) : String(it),
      TIMES.has(claim) ? new Date(it * 1000).toLocaleString() : null,
    ]);
  return el(
    "section",
    { class: "token", "data-testid": `token-${name}` },
    el("h3", {}, `${name}, decoded`),
    el("h4", {}, "Header"),
    facts(rows(jwt.header)),
    el("h4", {}, "Claims"),
    facts(rows(jwt.claims)),
    el("details", {}, el("summary", {}, "As it travels"), el("pre", { class: "raw" }, value)),
  );
}

function checks(list) {
  const mark = { true: ["ok", "✓", "passed"], false: ["bad", "✕", "failed"], null: ["none", "–", "nothing to check"] };
  return el(
    "section",
    {},
    el("h3", {}, "Verified"),
    el(
      "ul",
      { class: "checks" },
      list.map(({ name, ok, says, rule }) => {
        const [css, sign, words] = mark[String(ok)];
        return el(
          "li",
          { class: css, "data-check": name, "data-ok": String(ok) },
          el("span", { class: "sign", "aria-hidden": "true" }, sign),
          el("span", {}, el("strong", {}, name), el("span", { class: "hidden" }, ` ${words}.`), ` ${says} `, el("span", { class: "rule" }, rule)),
        );
      }),
    ),
  );
}

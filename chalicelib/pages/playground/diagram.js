// The sequence as a drawing: a lifeline for each who takes part, an arrow for each message, lit once it was sent.

import { svg } from "./dom.js";

export const PARTIES = {
  app: "App",
  person: "Browser",
  server: "Keyturn",
  api: "API",
  device: "Device",
  service: "Service",
  issuer: "Other issuer",
  attacker: "Attacker",
};
const ORDER = ["issuer", "attacker", "device", "service", "api", "app", "person", "server"];
const HEAD = 44;
const ROW = 40;

// The messages of a step: [from, to, label]. A step inside one party (`at`) is a note on its lifeline.
function messages(step) {
  if (step.arrows) return step.arrows;
  const from = step.from ?? step.at ?? "app";
  if (step.make || step.check) return [[from, from, step.label]];
  const to = step.to ?? "server";
  return [
    [from, to, step.label],
    [to, from, step.expect && !step.expect.fine ? refusal(step.expect) : (step.back ?? "200")],
  ];
}

const refusal = ({ status, error }) => [status, error].map((one) => [one].flat()[0]).filter(Boolean).join(" ") || "nothing";

function parties(steps) {
  const named = new Set(steps.flatMap(messages).flatMap(([from, to]) => [from, to]));
  return ORDER.filter((party) => named.has(party));
}

// How many messages of a step are lit.
function lit(entry, count, away) {
  if (away) return 1;
  if (!entry) return 0;
  return entry.verdict === "sent" ? count - 1 || 1 : count;
}

export function diagram(run, width) {
  const who = parties(run.steps);
  const margin = Math.min(60, width / who.length / 2);
  const x = (party) => margin + ((width - 2 * margin) * who.indexOf(party)) / Math.max(1, who.length - 1);
  const rows = [];
  run.steps.forEach((step, index) => {
    const entry = run.log[index];
    const away = run.state === "away" && index === run.log.length;
    const list = messages(step);
    const count = lit(entry, list.length, away);
    list.forEach((message, position) => {
      const bad = position === list.length - 1 ? entry?.verdict : null;
      rows.push({ message, on: position < count, verdict: bad, attack: Boolean(step.attack) || step.from === "attacker" });
    });
  });
  const height = HEAD + rows.length * ROW + 12;
  const drawing = svg("svg", {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    class: "diagram",
    "aria-label": `${run.flow.title}: ${who.map((party) => PARTIES[party]).join(", ")}. The steps below say the same in words.`,
  });
  drawing.append(
    svg("defs", {}, marker("tip", "tip"), marker("tip-on", "tip on"), marker("tip-bad", "tip bad")),
    ...who.map((party) => lifeline(party, x(party), height)),
    ...rows.map((row, index) => arrow(row, x, HEAD + index * ROW + ROW / 2 + 6, width)),
  );
  return drawing;
}

function marker(id, css) {
  const shape = svg("path", { d: "M0 0 L8 4 L0 8 z", class: css });
  return svg("marker", { id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto", markerUnits: "userSpaceOnUse" }, shape);
}

function lifeline(party, x, height) {
  return svg(
    "g",
    { class: party === "attacker" ? "party bad" : "party" },
    svg("line", { x1: x, x2: x, y1: HEAD - 8, y2: height - 4 }),
    svg("text", { x, y: 22 }, PARTIES[party]),
  );
}

function arrow({ message: [from, to, label], on, verdict, attack }, x, y, width) {
  const css = ["message", on ? "on" : "", attack ? "attack" : "", on && verdict ? verdict : ""].filter(Boolean).join(" ");
  const group = svg("g", { class: css });
  if (from === to) {
    group.append(svg("circle", { cx: x(from), cy: y - 3, r: 5 }), words(label, x(from), y - 12, width));
    return group;
  }
  const [start, end] = [x(from), x(to)];
  const gap = start < end ? -3 : 3;
  const tip = attack ? "tip-bad" : "tip-on";
  group.append(
    svg("line", { x1: start, x2: end + gap, y1: y, y2: y, "marker-end": `url(#${on ? tip : "tip"})` }),
    words(label, (start + end) / 2, y - 6, width),
  );
  return group;
}

// Text that stays within the drawing: about seven units a letter.
function words(label, middle, y, width) {
  const half = (label.length * 6.6) / 2;
  const at = Math.min(Math.max(middle, half + 2), width - half - 2);
  return svg("text", { x: at, y }, label);
}

// The page: which flow, what it needs, and how its run goes on.

import { el } from "./dom.js";
import { FLOWS, whyNot } from "./flows/index.js";
import { FlowView } from "./flow-view.js";
import { Run } from "./run.js";
import { Server } from "./server.js";

const nav = document.getElementById("flows");
const main = document.getElementById("flow");

// What came with the address, which is cleared at once: a code belongs in no history.
function takeResponse() {
  if (location.pathname !== "/playground/callback") return null;
  const parameters = new URLSearchParams(location.hash.length > 1 ? location.hash.slice(1) : location.search);
  const repeated = [...parameters.keys()].some((name) => parameters.getAll(name).length > 1);
  history.replaceState(null, "", "/playground");
  return repeated ? {} : Object.fromEntries(parameters);
}

const chosen = () => FLOWS.find((flow) => `#${flow.id}` === location.hash) ?? FLOWS[0];

function drawNav(server, current) {
  const groups = [...new Set(FLOWS.map((flow) => flow.group))];
  const link = (flow) => {
    const off = whyNot(flow, server);
    return el(
      "li",
      {},
      el(
        "a",
        { href: `#${flow.id}`, "aria-current": flow === current ? "page" : null, class: off ? "off" : null, title: off },
        flow.title,
        off ? el("span", { class: "soft" }, " (off here)") : null,
      ),
    );
  };
  // Where there is room the list is always open; on a phone it gives way to the flow.
  const roomy = matchMedia("(min-width: 48rem)").matches;
  nav.replaceChildren(
    el(
      "details",
      { open: roomy },
      el("summary", {}, "All flows"),
      groups.map((group) =>
        el("section", {}, el("h2", {}, group), el("ul", {}, FLOWS.filter((flow) => flow.group === group).map(link))),
      ),
    ),
  );
  if (roomy) nav.querySelector("[aria-current]").scrollIntoView({ block: "nearest" });
}

async function start() {
  const response = takeResponse();
  const [server, config] = await Promise.all([Server.discover(), demo()]);
  document.getElementById("issuer").textContent = server.issuer;
  let view = null;
  const show = (flow, kept = null) => {
    view?.close();
    drawNav(server, flow);
    document.title = `${flow.title} – Playground`;
    view = new FlowView({ main, server, config, flow, off: whyNot(flow, server), kept });
    view.draw();
    return view;
  };
  const kept = response ? Run.kept() : null;
  const flow = kept && FLOWS.find((one) => one.id === kept.flow);
  if (flow) {
    history.replaceState(null, "", `/playground#${flow.id}`);
    await show(flow, kept).resume(response);
  } else {
    show(chosen()).note(response ? "A response came back, and no run of this tab was waiting for it: it was not used." : null);
  }
  addEventListener("hashchange", () => {
    show(chosen());
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
  });
}

// What `make run` tells of its demo tenant; nothing anywhere else.
async function demo() {
  const answer = await fetch("/playground/demo.json", { credentials: "omit", cache: "no-store" });
  return answer.ok ? answer.json() : {};
}

start().catch((error) => {
  main.replaceChildren(el("p", { class: "note alert", role: "alert" }, `The playground can't start: ${error.message}`));
});

// A device without a browser: RFC 8628.

import { el, svg } from "../dom.js";
import { qr } from "../qr.js";
import { accessTokenChecked, appClient, keepTokens, refused, resource, scope } from "./parts.js";

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

function picture(text) {
  const rows = qr(text);
  const size = rows.length + 8;
  const dark = rows.flatMap((row, r) => row.map((on, c) => (on ? `M${c + 4} ${r + 4}h1v1h-1z` : ""))).join("");
  return svg("svg", { class: "qr", viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": "QR code of the address beside it" }, svg("path", { d: dark }));
}

function onItsScreen(run) {
  const { verification_uri, verification_uri_complete, user_code } = run.values.device ?? {};
  if (!user_code) return null;
  // Another tab of this browser is the person's phone.
  const link = (href, text) => el("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);
  return el(
    "section",
    { "data-testid": "device-screen" },
    el("h3", {}, "On the device's screen"),
    el(
      "div",
      { class: "pair" },
      picture(verification_uri_complete),
      el(
        "div",
        {},
        el("p", {}, "Scan it, or open ", link(verification_uri, verification_uri), " and type"),
        el("p", { class: "user-code" }, user_code),
        el("p", {}, link(verification_uri_complete, "Open it here, in another tab")),
      ),
    ),
  );
}

const ask = {
  id: "ask",
  from: "device",
  label: "POST /device_authorization",
  back: "user_code",
  say: "The device asks for two codes: one it keeps, one it shows.",
  send: (run) => ({
    endpoint: "device_authorization_endpoint",
    client: run.client("app"),
    form: { scope: run.inputs.scope, resource: run.inputs.resource },
  }),
  take: (run, json) => {
    run.values.device = json;
    run.values.interval = json.interval ?? 5;
  },
  show: onItsScreen,
};

const poll = {
  id: "poll",
  from: "device",
  label: "POST /token",
  back: "tokens",
  arrows: [
    ["device", "person", "shows the code"],
    ["person", "server", "types it, signs in, allows"],
    ["device", "server", "POST /token, again and again"],
    ["server", "device", "tokens"],
  ],
  say: "While the person decides on their own phone, the device asks every few seconds.",
  send: (run) => ({
    endpoint: "token_endpoint",
    client: run.client("app"),
    form: { grant_type: GRANT, device_code: run.values.device.device_code },
  }),
  again: (json, run) => {
    if (json?.error === "slow_down") run.values.interval += 5;
    return ["authorization_pending", "slow_down"].includes(json?.error) ? run.values.interval : null;
  },
  take: keepTokens,
};

const once = (id, expect, more) => refused({ ...poll, arrows: undefined }, id, expect, more);

export const device = {
  id: "device",
  title: "Device",
  group: "A person signs in",
  who: "Televisions, command lines, printers: whatever has no browser, or none to type a password in.",
  pros: ["The person signs in on a device they trust", "No password is typed on the device"],
  cons: ["A stranger may show a person their own device's code: the page says what is connected, and asks"],
  needs: { device_authorization_endpoint: true, grant_types_supported: "urn:ietf:params:oauth:grant-type:device_code" },
  inputs: [appClient, scope("openid offline_access"), resource],
  steps: [ask, poll, accessTokenChecked()],
  attacks: [
    {
      id: "fast",
      label: "The device asks too fast",
      at: "ask",
      after: true,
      stops: "Asking faster brings nothing, and each time five seconds are added for good.",
      rule: "RFC 8628 section 3.5",
      then: [
        once("pending", { status: 400, error: "authorization_pending", fine: true }, { say: "Nobody has decided yet." }),
        once("fast", { status: 400, error: "slow_down" }, { say: "At once again." }),
      ],
    },
    {
      id: "guess",
      label: "A stranger guesses at the device's code",
      at: "ask",
      after: true,
      stops: "The device's half has as many random bits as a key. Only the other half is short, and it needs a person who signed in.",
      rule: "RFC 8628 section 5.2",
      then: [
        once("guess", { status: 400, error: "invalid_grant" }, {
          from: "attacker",
          send: (run) => {
            const spec = poll.send(run);
            return { ...spec, form: { ...spec.form, device_code: `${spec.form.device_code.slice(0, -6)}AAAAAA` } };
          },
          say: "Its last letters are other ones.",
        }),
      ],
    },
    {
      id: "spent",
      label: "The code is used again after it was served",
      at: "poll",
      after: true,
      stops: "A device code is good once. Who shows it again is a thief, or was robbed: the tokens end with it.",
      rule: "RFC 6749 section 4.1.2, by analogy",
      then: [once("spent", { status: 400, error: "invalid_grant" }, { from: "attacker", say: "The same code once more." })],
    },
  ],
};

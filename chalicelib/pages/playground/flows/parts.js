// Steps and inputs that several flows share.

import { random, s256 } from "../bytes.js";
import { accessTokenChecks, idTokenChecks, responseChecks } from "../checks.js";
import { REDIRECT_URI } from "../server.js";

const SECRET_METHODS = ["client_secret_basic", "client_secret_post", "client_secret_jwt"];

// Inputs. `value(config)` is what stands there at first.
export const appClient = { name: "app_id", label: "Client (public)", value: (config) => config.client_id ?? "playground" };
export const scope = (text) => ({
  name: "scope",
  label: "Scope",
  value: (config) => [text, config.scope].filter(Boolean).join(" "),
});
export const resource = { name: "resource", label: "Resource (API)", value: (config) => config.resource ?? "", optional: true };

// A client with a secret, in a role: its id, secret and method.
export const secretClient = (role, label, { optional = false } = {}) => [
  { name: `${role}_id`, label: `${label}: client_id`, optional, value: (config) => config.clients?.[role]?.client_id ?? "" },
  {
    name: `${role}_secret`,
    label: `${label}: client_secret`,
    secret: true,
    optional,
    value: (config) => config.clients?.[role]?.client_secret ?? "",
  },
  {
    name: `${role}_method`,
    label: `${label}: authentication`,
    options: (server) => SECRET_METHODS.filter((method) => server.has("token_endpoint_auth_methods_supported", method)),
    value: (config) => config.clients?.[role]?.method ?? "client_secret_basic",
  },
];

// What comes back with tokens.
export function keepTokens(run, json) {
  for (const name of ["access_token", "refresh_token", "id_token"]) if (json[name]) run.values[name] = json[name];
}

export const made = ({ openid = false } = {}) => ({
  id: "made",
  label: openid ? "PKCE, state, nonce" : "PKCE, state",
  say: "The app makes up secrets for this one request and keeps them in this tab.",
  make: async (run) => {
    const { values } = run;
    values.verifier = random(32);
    values.challenge = await s256(values.verifier);
    values.state = random(16);
    if (openid) values.nonce = random(16);
    return [
      ["code_verifier", values.verifier, "A secret that never leaves the app until the code is redeemed."],
      ["code_challenge", values.challenge, "Its SHA-256: what the server is told first."],
      ["state", values.state, "The response must bring it back: it is this browser's."],
      ...(openid ? [["nonce", values.nonce, "The ID token must name it: it is this sign-in's."]] : []),
    ];
  },
});

const ARROWS = [
  ["app", "person", "redirect"],
  ["person", "server", "GET /authorize"],
  ["server", "person", "sign in, allow"],
  ["server", "app", "code, state, iss"],
];

// The client that asks is the one of a role: `app`, which has no secret, unless another is named.
export const authorizeAs = (role) => ({
  id: "authorize",
  label: "GET /authorize",
  arrows: ARROWS,
  say: "The browser goes to the server, where the person signs in and is asked. The app sees no password.",
  visit: (run) => ({
    endpoint: "authorization_endpoint",
    query: {
      response_type: "code",
      client_id: run.client(role).client_id,
      redirect_uri: REDIRECT_URI,
      scope: run.inputs.scope,
      state: run.values.state,
      code_challenge: run.values.challenge,
      code_challenge_method: "S256",
      nonce: run.values.nonce,
      resource: run.inputs.resource,
    },
  }),
});
export const authorize = authorizeAs("app");

export const returned = {
  id: "returned",
  label: "state, iss",
  say: "Before the app uses the code, it makes sure whose response this is.",
  check: (run) => responseChecks({ response: run.values.response, state: run.values.state, issuer: run.server.issuer }),
};

export const redeemedAs = (role) => ({
  id: "token",
  label: "POST /token",
  back: "tokens",
  say: "The code is traded for tokens. Whoever has the code but not the verifier gets nothing.",
  send: (run) => ({
    endpoint: "token_endpoint",
    client: run.client(role),
    form: {
      grant_type: "authorization_code",
      code: run.values.response.code,
      redirect_uri: REDIRECT_URI,
      code_verifier: run.values.verifier,
    },
  }),
  take: keepTokens,
});
export const redeemed = redeemedAs("app");

// A person signs in, as the beginning of flows that go on from there.
export const signIn = ({ openid = false, role = "app" } = {}) => [
  made({ openid }),
  authorizeAs(role),
  returned,
  redeemedAs(role),
];

export const idTokenCheckedAs = (role) => ({
  id: "id_token",
  label: "ID token",
  say: "The app verifies the ID token before it believes who signed in.",
  shows: ["id_token"],
  check: async (run) =>
    idTokenChecks({
      token: run.values.id_token,
      keys: await run.server.keys(),
      issuer: run.server.issuer,
      client_id: run.client(role).client_id,
      nonce: run.values.nonce,
      access_token: run.values.access_token,
    }),
});
export const idTokenChecked = idTokenCheckedAs("app");

// As the API does it, for its own name. An opaque token only the server can tell of.
export const accessTokenChecked = (audience = (run) => run.inputs.resource || null) => ({
  id: "access_token",
  label: "access token",
  at: "api",
  say: "What an API does with the access token: it verifies it by the server's public keys, and asks nobody.",
  shows: ["access_token"],
  check: async (run) =>
    accessTokenChecks({
      token: run.values.access_token,
      keys: await run.server.keys(),
      issuer: run.server.issuer,
      audience: audience(run),
    }),
});

export const userinfo = {
  id: "userinfo",
  label: "GET /userinfo",
  back: "claims",
  say: "The access token as a key: the server's own API about the person.",
  send: (run) => ({ endpoint: "userinfo_endpoint", bearer: run.values.access_token }),
};

// Who guesses a secret is refused; who goes on guessing is told to wait.
export const WRONG_SECRET = { status: [401, 429], error: ["invalid_client", "slow_down"] };

// A step as an attack, or after one: what must be refused, or (fine) must still work.
export const refused = (step, id, expect, more = {}) => ({ ...step, id, expect, take: undefined, again: undefined, ...more });
export const stillWorks = (step, id, more = {}) => ({ ...step, id, ...more });

// An attack on what the browser is sent: nothing must go to an address that is not registered.
export const unregisteredRedirectUri = (label, stops) => ({
  id: "redirect_uri",
  label,
  at: "authorize",
  by: "attacker",
  probe: true,
  change: (spec) => ({ ...spec, query: { ...spec.query, redirect_uri: "https://attacker.example/callback" } }),
  expect: { status: 400 },
  stops: `${stops} A redirect_uri that is not registered, letter by letter, gets a page for the person and no redirect.`,
  rule: "RFC 9700 section 2.1",
});

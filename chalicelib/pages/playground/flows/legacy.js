// For migration only: password and implicit. Off unless tenant and client both allow them.

import { random } from "../bytes.js";
import { REDIRECT_URI } from "../server.js";
import { accessTokenChecked, keepTokens, resource, returned, secretClient, unregisteredRedirectUri } from "./parts.js";

const group = "For migration only";

const token = {
  id: "token",
  label: "POST /token",
  back: "tokens",
  say: "The app sends the person's password. From here on the person must trust the app with it, and every copy of it.",
  send: (run) => ({
    endpoint: "token_endpoint",
    client: run.client("migration"),
    form: {
      grant_type: "password",
      username: run.inputs.username,
      password: run.inputs.password,
      scope: run.inputs.scope,
      resource: run.inputs.resource,
    },
  }),
  take: keepTokens,
};

export const password = {
  id: "password",
  title: "Password",
  group,
  who: "Apps with a password form of their own, until they can be changed.",
  pros: ["Tokens in place of sessions, without changing how people sign in"],
  cons: [
    "The app sees the password: OAuth was made so that none does",
    "No second factor, no passkey, no single sign-on",
    "People learn to type their password anywhere",
  ],
  needs: { token_endpoint: true, grant_types_supported: "password" },
  inputs: [
    ...secretClient("migration", "App"),
    { name: "username", label: "Person: login name", value: (config) => config.person?.username ?? "" },
    { name: "password", label: "Person: password", secret: true, value: (config) => config.person?.password ?? "" },
    { name: "scope", label: "Scope", value: (config) => config.scope ?? "", optional: true },
    resource,
  ],
  steps: [token, accessTokenChecked()],
  attacks: [
    {
      id: "wrong",
      label: "The password is a wrong one",
      at: "token",
      by: "attacker",
      change: (spec) => ({ ...spec, form: { ...spec.form, password: `not ${spec.form.password}` } }),
      expect: { status: 400, error: "invalid_grant" },
      stops: "Guessing is counted together with the sign-in page's, and slowed down.",
      rule: "RFC 6749 section 4.3.2",
    },
    {
      id: "unknown",
      label: "The person is unknown",
      at: "token",
      by: "attacker",
      change: (spec) => ({ ...spec, form: { ...spec.form, username: "nobody@example.com" } }),
      expect: { status: 400, error: "invalid_grant" },
      stops: "The answer, and the time it takes, are those of a wrong password: nobody learns who has an account.",
      rule: "RFC 6749 section 4.3.2",
    },
  ],
};

const made = {
  id: "made",
  label: "state",
  say: "Nothing else protects this flow: there is no code to bind to a verifier.",
  make: (run) => {
    run.values.state = random(16);
    return [["state", run.values.state, "The response must bring it back: it is this browser's."]];
  },
};

const authorize = {
  id: "authorize",
  label: "GET /authorize",
  arrows: [
    ["app", "person", "redirect"],
    ["person", "server", "GET /authorize"],
    ["server", "person", "sign in, allow"],
    ["server", "app", "access_token"],
  ],
  say: "The token itself comes back in the address, where scripts, extensions and the history can read it.",
  visit: (run) => ({
    endpoint: "authorization_endpoint",
    query: {
      response_type: "token",
      client_id: run.client("implicit").client_id,
      redirect_uri: REDIRECT_URI,
      scope: run.inputs.scope,
      state: run.values.state,
      resource: run.inputs.resource,
    },
  }),
};

const kept = {
  ...accessTokenChecked(),
  check: async (run) => {
    keepTokens(run, run.values.response);
    return accessTokenChecked().check(run);
  },
};

export const implicit = {
  id: "implicit",
  title: "Implicit",
  group,
  who: "Old single-page apps that read tokens from the address, until they can be changed.",
  pros: ["None that the code flow with PKCE does not have"],
  cons: [
    "The token travels through the browser's address",
    "Nothing shows that it came to whom it was for",
    "No refresh token",
  ],
  needs: { grant_types_supported: "implicit", response_types_supported: "token" },
  inputs: [
    { name: "implicit_id", label: "Client (public)", value: (config) => config.clients?.implicit?.client_id ?? "" },
    { name: "scope", label: "Scope", value: (config) => config.scope ?? "", optional: true },
    resource,
  ],
  steps: [made, authorize, returned, kept],
  attacks: [
    unregisteredRedirectUri("The token is to go to another redirect_uri", "The token would go to the attacker."),
    {
      id: "state",
      label: "The response is of another browser's request (CSRF)",
      at: "returned",
      by: "attacker",
      change: (values) => (values.response = { ...values.response, state: random(16) }),
      expect: { check: "state" },
      stops: "The attacker's token, planted here, would have the person work in the attacker's account.",
      rule: "RFC 6749 section 10.16",
    },
    {
      id: "other_client",
      label: "A client that is registered for codes alone asks for a token",
      at: "authorize",
      by: "attacker",
      change: (spec, run) => ({ ...spec, query: { ...spec.query, client_id: run.config.client_id ?? "playground" } }),
      expect: { error: "unauthorized_client" },
      stops: "Nobody falls back to this flow who is not registered for it, and the tenant has to allow it too.",
      rule: "RFC 9700 section 2.1.2",
    },
  ],
};

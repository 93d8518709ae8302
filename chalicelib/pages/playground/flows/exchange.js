// On behalf of a person: one token swapped for another, in both forms.

import { decode } from "../jwt.js";
import { accessTokenChecks } from "../checks.js";
import { appClient, keepTokens, resource, scope, secretClient, signIn, WRONG_SECRET } from "./parts.js";

const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

const target = { name: "target", label: "The other API", value: (config) => config.target?.resource ?? "" };
const targetScope = { name: "target_scope", label: "Scope there", value: (config) => config.target?.scope ?? "", optional: true };

// Not asked of any API: the playground talks to the server alone.
const called = {
  id: "called",
  label: "GET, with the token",
  title: "The app calls the API",
  arrows: [["app", "api", "GET, with the token"]],
  say: "The app calls the first API with the person's token. (Not sent: the playground talks to this server alone.)",
  make: (run) => {
    run.values.subject = run.values.access_token;
    return [["aud", String(decode(run.values.subject)?.claims.aud), "The token is for this API. It must not be handed on."]];
  },
};

const exchanged = {
  id: "exchange",
  from: "api",
  label: "POST /token",
  back: "a token for the other API",
  say: "The API swaps the person's token for one to the other API, in its own name.",
  send: (run) => ({
    endpoint: "token_endpoint",
    client: run.client("api"),
    form: {
      grant_type: EXCHANGE,
      subject_token: run.values.subject,
      subject_token_type: ACCESS_TOKEN,
      resource: run.inputs.target,
      scope: run.inputs.target_scope,
    },
  }),
  take: keepTokens,
};

const onBehalfOf = {
  id: "exchange",
  from: "api",
  label: "POST /token",
  back: "a token for the other API",
  say: "The same, in the form that Microsoft's libraries send: the token as the assertion of a JWT bearer grant.",
  send: (run) => ({
    endpoint: "token_endpoint",
    client: run.client("api"),
    form: {
      grant_type: JWT_BEARER,
      assertion: run.values.subject,
      requested_token_use: "on_behalf_of",
      scope: `${run.inputs.target.replace(/\/$/, "")}/${run.inputs.target_scope || ".default"}`,
    },
  }),
  take: keepTokens,
};

const verified = {
  id: "verified",
  label: "the new token",
  say: "It is about the same person, for the other API alone, and says who acts.",
  shows: ["access_token"],
  check: async (run) => {
    const [before, after] = [run.values.subject, run.values.access_token].map((token) => decode(token)?.claims ?? {});
    const rule = "RFC 8693 section 4.1";
    return [
      ...(await accessTokenChecks({
        token: run.values.access_token,
        keys: await run.server.keys(),
        issuer: run.server.issuer,
        audience: run.inputs.target,
      })),
      { name: "sub", ok: before.sub === after.sub, says: `It is about ${after.sub}, as the one before.`, rule },
      { name: "act", ok: after.act?.sub === run.inputs.api_id, says: `${after.act?.sub} acts, and every API down the line sees it.`, rule },
      { name: "lifetime", ok: after.exp <= before.exp, says: "It ends with the token before at the latest.", rule: "RFC 8693 section 2.2.1" },
    ];
  },
};

const attacks = (change) => [
  {
    id: "wider",
    label: "The API asks for more than the person allowed",
    at: "exchange",
    by: "attacker",
    change: change({ scope: "everything" }),
    expect: { status: 400, error: "invalid_scope" },
    stops: "The new token can do no more than the person's could: a scope is carried over, never made.",
    rule: "RFC 8693 section 5",
  },
  {
    id: "elsewhere",
    label: "The token is to be for an API that was not agreed on",
    at: "exchange",
    by: "attacker",
    change: change({ target: "https://attacker.example" }),
    expect: { status: 400, error: "invalid_target" },
    stops: "Both sides must say so in their records: this API may call that one. Whoever gets into one API does not get into all.",
    rule: "RFC 8693 section 2.2.2",
  },
  {
    id: "stranger",
    label: "Somebody without the API's secret swaps a token they found",
    at: "exchange",
    by: "attacker",
    change: (spec) => ({ ...spec, client: { ...spec.client, client_secret: "a-guess" } }),
    expect: WRONG_SECRET,
    stops: "A token is swapped by the API it was for, and by nobody else.",
    rule: "RFC 8693 section 5",
  },
];

const common = {
  group: "No person, or another's word",
  pros: ["No API hands a person's token on", "Each token is for one API", "The chain of who acts is in the token"],
  cons: ["A request more at each API", "Has to be agreed on in both records"],
  inputs: [appClient, scope(""), resource, ...secretClient("api", "API"), target, targetScope],
};

export const tokenExchange = {
  id: "token_exchange",
  title: "Token exchange",
  ...common,
  who: "An API that calls another API for the same person.",
  needs: { token_endpoint: true, grant_types_supported: "urn:ietf:params:oauth:grant-type:token-exchange" },
  steps: [...signIn(), called, exchanged, verified],
  attacks: [
    ...attacks((to) => (spec) => ({
      ...spec,
      form: { ...spec.form, ...(to.scope ? { scope: to.scope } : { resource: to.target, scope: undefined }) },
    })),
    {
      id: "id_token",
      label: "Another kind of token is called an access token",
      at: "exchange",
      by: "attacker",
      change: (spec, run) => ({ ...spec, form: { ...spec.form, subject_token: run.values.refresh_token ?? "none" } }),
      expect: { status: 400, error: "invalid_request" },
      stops: "A token is taken for what it is, not for what somebody calls it.",
      rule: "RFC 8693 section 2.2.2",
    },
  ],
};

export const onBehalf = {
  id: "on_behalf_of",
  title: "On-behalf-of, in Entra's form",
  ...common,
  who: "The same for code written with Microsoft's libraries, which send it as a JWT bearer grant.",
  needs: { grant_types_supported: "urn:ietf:params:oauth:grant-type:jwt-bearer" },
  steps: [...signIn(), called, onBehalfOf, verified],
  attacks: attacks((to) => (spec, run) => ({
    ...spec,
    form: {
      ...spec.form,
      ...(to.scope ? { scope: `${run.inputs.target.replace(/\/$/, "")}/everything` } : { resource: to.target, scope: undefined }),
    },
  })),
};

// The server asked about a token: as JSON, as a signed JWT, and of tokens that say nothing by themselves.

import { now } from "../bytes.js";
import { decode, verifySignature } from "../jwt.js";
import { appClient, resource, scope, secretClient, signIn, WRONG_SECRET } from "./parts.js";

const JWT_ANSWER = "application/token-introspection+jwt";

const introspect = {
  id: "introspect",
  from: "api",
  label: "POST /introspect",
  back: "active, claims",
  say: "The API asks the server about the token it was shown. It learns at once of a revocation, which the signature can't tell.",
  send: (run) => ({ endpoint: "introspection_endpoint", client: run.client("api"), form: { token: run.values.access_token } }),
  expect: { status: 200, json: { active: true }, fine: true },
};

const attacks = [
  {
    id: "nobody",
    label: "Somebody asks without saying who they are",
    at: "introspect",
    by: "attacker",
    change: ({ client, ...spec }) => spec,
    expect: { status: 401, error: "invalid_client" },
    stops: "Otherwise found or guessed tokens could be tried out here.",
    rule: "RFC 7662 section 2.1",
  },
  {
    id: "secret",
    label: "The API's secret is a wrong one",
    at: "introspect",
    by: "attacker",
    change: (spec) => ({ ...spec, client: { ...spec.client, client_secret: "a-guess" } }),
    expect: WRONG_SECRET,
    stops: "Only a resource server of this tenant learns what a token says.",
    rule: "RFC 7662 section 4",
  },
  {
    id: "forged",
    label: "The token is forged",
    at: "introspect",
    by: "attacker",
    change: (spec) => ({ ...spec, form: { token: `${spec.form.token.slice(0, -6)}AAAAAA` } }),
    expect: { status: 200, json: { active: false } },
    stops: "Of a token that is not good, nothing is told but that: not whether it expired, was revoked, or never was.",
    rule: "RFC 7662 section 2.2",
  },
];

const group = "What becomes of tokens";
const inputs = [appClient, scope("openid"), resource, ...secretClient("api", "API")];

export const introspection = {
  id: "introspection",
  title: "Introspection",
  group,
  who: "APIs that must know of a revocation at once.",
  pros: ["Revoked tokens end at once", "Nothing to verify oneself"],
  cons: ["A request for each, where a signature costs none"],
  needs: { introspection_endpoint: true },
  inputs,
  steps: [...signIn({ openid: true }), introspect],
  attacks,
};

const signedAnswer = {
  ...introspect,
  back: "a signed JWT",
  say: "The same question, and an answer that can be kept and shown: a JWT for this API alone.",
  send: (run) => ({ ...introspect.send(run), headers: { accept: JWT_ANSWER } }),
  expect: undefined,
  take: (run, json, answer) => (run.values.introspection = answer.text),
};

async function answerChecks(run) {
  const rule = "RFC 9701 section 5";
  const jwt = decode(run.values.introspection);
  if (!jwt) return [{ name: "form", ok: false, says: "This is no JWT.", rule }];
  const { ok, says } = await verifySignature(jwt, await run.server.keys());
  const { header, claims } = jwt;
  return [
    { name: "signature", ok, says, rule },
    { name: "typ", ok: header.typ === "token-introspection+jwt", says: `${header.typ}: nobody takes it for a token.`, rule: "RFC 9701 section 8.1" },
    { name: "iss", ok: claims.iss === run.server.issuer, says: `It is of ${claims.iss}.`, rule },
    { name: "aud", ok: claims.aud === run.inputs.api_id, says: `It is for ${claims.aud}.`, rule },
    { name: "iat", ok: claims.iat <= now() + 60, says: "It was made now.", rule },
    { name: "active", ok: claims.token_introspection?.active === true, says: "The token is good.", rule },
  ];
}

export const introspectionJwt = {
  id: "introspection_jwt",
  title: "Introspection, signed",
  group,
  who: "APIs that must prove later what they were told (RFC 9701).",
  pros: ["The answer is evidence: signed, dated, for this API"],
  cons: ["The server signs for each question"],
  needs: { introspection_endpoint: true, introspection_signing_alg_values_supported: "RS256" },
  inputs,
  steps: [
    ...signIn({ openid: true }),
    signedAnswer,
    { id: "answer", at: "api", label: "the answer", say: "What the API verifies.", shows: ["introspection"], check: answerChecks },
  ],
  attacks: [
    { ...attacks[0], expect: { status: 400 }, rule: "RFC 9701 section 5" },
    {
      id: "forged_answer",
      label: "The answer is another API's",
      at: "answer",
      by: "attacker",
      change: (values, run) => (run.inputs.api_id = "another-api"),
      expect: { check: "aud" },
      stops: "An answer is for the API that asked, and for no other.",
      rule: "RFC 9701 section 8.1",
    },
  ],
};

export const opaque = {
  id: "opaque",
  title: "Opaque access tokens",
  group,
  who: "APIs whose tokens are to say nothing to those who carry them.",
  pros: ["Nothing to read in a log or on a device", "Revoked at once, as nobody can verify it but the server"],
  cons: ["The API must introspect each"],
  needs: { introspection_endpoint: true, code_challenge_methods_supported: "S256" },
  inputs: [
    appClient,
    { ...scope("openid"), value: (config) => ["openid", config.opaque?.scope].filter(Boolean).join(" ") },
    { ...resource, value: (config) => config.opaque?.resource ?? "" },
    ...secretClient("api", "API"),
  ],
  steps: [
    ...signIn({ openid: true }),
    {
      id: "opaque",
      label: "access token",
      at: "api",
      say: "The token is a name and nothing else: there is no claim in it to read, and no signature to verify.",
      shows: ["access_token"],
      check: (run) => [
        { name: "opaque", ok: decode(run.values.access_token) === null, says: "It is no JWT.", rule: "RFC 6749 section 1.4" },
      ],
    },
    introspect,
  ],
  attacks: attacks.filter(({ id }) => id === "forged"),
};

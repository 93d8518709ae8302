// Another issuer's word: JWT bearer (RFC 7523), and identity assertion grants (ID-JAG) from both sides.

import { now, random } from "../bytes.js";
import { idTokenChecks } from "../checks.js";
import { decode, newKey, signByKey } from "../jwt.js";
import { accessTokenChecked, idTokenCheckedAs, keepTokens, refused, resource, scope, secretClient, signIn, WRONG_SECRET } from "./parts.js";

const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const TYPES = "urn:ietf:params:oauth:token-type:";

const issuerInputs = (which) => [
  { name: "issuer", label: "Trusted issuer", value: (config) => config[which]?.issuer ?? "" },
  { name: "issuer_key", label: "Its private key (JWK, ES256)", secret: true, value: (config) => JSON.stringify(config[which]?.key ?? "") },
  { name: "subject", label: "About (sub)", value: () => "grace" },
];

const claimsOf = (run) => ({
  iss: run.inputs.issuer,
  sub: run.inputs.subject,
  aud: run.server.issuer,
  iat: now(),
  exp: now() + 60,
  jti: random(12),
});
const keyOf = (run) => JSON.parse(run.inputs.issuer_key);

const signed = (typ, more = () => ({})) => ({
  id: "assertion",
  label: "assertion",
  title: "The other issuer signs an assertion",
  at: "issuer",
  arrows: [["issuer", "service", "a signed assertion"]],
  say: "Another issuer, which this tenant trusts, says in a JWT whom it knows. Here this tab is that issuer.",
  make: async (run) => {
    run.values.claims = { ...claimsOf(run), ...more(run) };
    run.values.header = typ ? { typ } : {};
    run.values.assertion = await signByKey(keyOf(run), run.values.claims, run.values.header);
    return Object.entries(run.values.claims).map(([name, value]) => [name, String(value)]);
  },
});

const presented = {
  id: "token",
  from: "service",
  label: "POST /token",
  back: "access token",
  say: "The service presents it as a grant. The server verifies it by the issuer's registered keys.",
  send: (run) => ({
    endpoint: "token_endpoint",
    client: run.client("service"),
    form: { grant_type: JWT_BEARER, assertion: run.values.assertion, scope: run.inputs.scope, resource: run.inputs.resource },
  }),
  take: keepTokens,
};

// The same request with an assertion whose claims, header or key are others.
const resigned = (change, key = keyOf) => async (spec, run) => {
  const claims = { ...run.values.claims, jti: random(12), ...change(run) };
  return { ...spec, form: { ...spec.form, assertion: await signByKey(await key(run), claims, run.values.header) } };
};
const NOT_TAKEN = { status: 400, error: "invalid_grant" };

const attacks = [
  {
    id: "replay",
    label: "The assertion is sent a second time",
    at: "token",
    after: true,
    stops: "An assertion is good once: its jti is remembered until it expires.",
    rule: "RFC 7523 section 3",
    then: [refused(presented, "replayed", NOT_TAKEN, { from: "attacker", send: (run) => run.specs.token, say: "It was seen on the way." })],
  },
  {
    id: "key",
    label: "It is signed by a stranger's key",
    at: "token",
    by: "attacker",
    change: resigned(() => ({}), async (run) => ({ ...(await newKey()).own, kid: keyOf(run).kid })),
    expect: NOT_TAKEN,
    stops: "Whoever can write a name does not have its key, whatever kid they claim.",
    rule: "RFC 7523 section 3",
  },
  {
    id: "audience",
    label: "It was meant for another server",
    at: "token",
    by: "attacker",
    change: resigned(() => ({ aud: "https://other.example" })),
    expect: NOT_TAKEN,
    stops: "A server that is shown an assertion can't show it here.",
    rule: "RFC 7523 section 3",
  },
  {
    id: "expired",
    label: "It has expired",
    at: "token",
    by: "attacker",
    change: resigned(() => ({ iat: now() - 600, exp: now() - 300 })),
    expect: NOT_TAKEN,
    stops: "What was found in an old log is worth nothing.",
    rule: "RFC 7523 section 3",
  },
];

const inputs = [...secretClient("service", "Service"), { name: "scope", label: "Scope", value: (config) => config.scope ?? "", optional: true }, resource];
const group = "No person, or another's word";

export const jwtBearer = {
  id: "jwt_bearer",
  title: "JWT bearer",
  group,
  who: "Services that another system vouches for: workloads, partners, an older identity provider.",
  pros: ["No secret for each person or workload", "One request"],
  cons: ["Whoever has the issuer's key is everybody it knows", "No refresh token: the next assertion is the refresh"],
  needs: { token_endpoint: true, grant_types_supported: "urn:ietf:params:oauth:grant-type:jwt-bearer" },
  inputs: [...inputs, ...issuerInputs("federation")],
  steps: [signed(null), presented, accessTokenChecked()],
  attacks,
};

export const idJagIn = {
  id: "id_jag",
  title: "ID-JAG: another company's person",
  group,
  who: "Apps of a company whose identity provider decides which app may call which (enterprise-managed authorization).",
  pros: ["The company decides, in one place", "The person is not asked in every app"],
  cons: ["A draft: draft-ietf-oauth-identity-assertion-authz-grant", "Both companies must have agreed"],
  needs: { token_endpoint: true, authorization_grant_profiles_supported: "urn:ietf:params:oauth:grant-profile:id-jag" },
  inputs: [...inputs, ...issuerInputs("id_jag")],
  steps: [
    signed("oauth-id-jag+jwt", (run) => ({
      client_id: run.inputs.service_id,
      scope: run.inputs.scope,
      ...(run.inputs.resource ? { resource: run.inputs.resource } : {}),
    })),
    presented,
    accessTokenChecked(),
  ],
  attacks: [
    ...attacks,
    {
      id: "client",
      label: "It was made for another app",
      at: "token",
      by: "attacker",
      change: resigned(() => ({ client_id: "another-app" })),
      expect: NOT_TAKEN,
      stops: "A grant for one app is of no use to another that got hold of it.",
      rule: "draft-ietf-oauth-identity-assertion-authz-grant section 4.4",
    },
  ],
};

const asked = {
  id: "exchange",
  label: "POST /token",
  back: "an ID-JAG",
  say: "The app swaps the ID token for a grant to the other company's server. That one trades it for its own token.",
  send: (run) => ({
    endpoint: "token_endpoint",
    client: run.client("web"),
    form: {
      grant_type: EXCHANGE,
      requested_token_type: `${TYPES}id-jag`,
      audience: run.inputs.other,
      subject_token: run.values.id_token,
      subject_token_type: `${TYPES}id_token`,
    },
  }),
  take: (run, json) => (run.values.id_jag = json.access_token),
};

export const idJagOut = {
  id: "id_jag_out",
  title: "ID-JAG: our person elsewhere",
  group,
  who: "The other side of it: this server is the identity provider, and says for its people where they may go.",
  pros: ["Operators allow each pair of app and server, with its scope", "Good for minutes, once, for one app at one server"],
  cons: ["The other server must trust this one"],
  needs: {
    token_endpoint: true,
    identity_chaining_requested_token_types_supported: "urn:ietf:params:oauth:token-type:id-jag",
  },
  inputs: [
    ...secretClient("web", "App"),
    { ...scope("openid email"), value: () => "openid email" },
    { name: "other", label: "The other server (issuer)", value: (config) => config.other ?? "" },
  ],
  steps: [
    ...signIn({ openid: true, role: "web" }),
    idTokenCheckedAs("web"),
    asked,
    {
      id: "verified",
      label: "the grant",
      say: "What the other server verifies when it is shown the grant.",
      shows: ["id_jag"],
      check: async (run) => {
        const rule = "draft-ietf-oauth-identity-assertion-authz-grant section 3.1";
        const { header = {}, claims = {} } = decode(run.values.id_jag) ?? {};
        const all = await idTokenChecks({
          token: run.values.id_jag,
          keys: await run.server.keys(),
          issuer: run.server.issuer,
          client_id: run.inputs.other,
        });
        return [
          ...all.filter(({ name }) => ["signature", "iss", "exp", "iat"].includes(name)),
          { name: "typ", ok: header.typ === "oauth-id-jag+jwt", says: `${header.typ}: no other kind of JWT.`, rule },
          { name: "aud", ok: claims.aud === run.inputs.other, says: `It is for ${claims.aud} alone.`, rule },
          { name: "client_id", ok: Boolean(claims.client_id), says: `There the app is ${claims.client_id}.`, rule },
        ];
      },
    },
  ],
  attacks: [
    {
      id: "elsewhere",
      label: "The app asks for a server nobody allowed",
      at: "exchange",
      by: "attacker",
      change: (spec) => ({ ...spec, form: { ...spec.form, audience: "https://attacker.example" } }),
      expect: { status: 400, error: "invalid_target" },
      stops: "The company decides where its people's names go, not the app.",
      rule: "draft-ietf-oauth-identity-assertion-authz-grant section 4.3",
    },
    {
      id: "secret",
      label: "Somebody with the ID token alone asks",
      at: "exchange",
      by: "attacker",
      change: (spec) => ({ ...spec, client: { ...spec.client, client_secret: "a-guess" } }),
      expect: WRONG_SECRET,
      stops: "An ID token travels through browsers and logs. Without the app's secret it brings nothing.",
      rule: "draft-ietf-oauth-identity-assertion-authz-grant section 4.3",
    },
  ],
};

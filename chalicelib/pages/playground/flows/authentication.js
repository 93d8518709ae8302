// How a client proves who it is by a JWT: with a secret that is never sent, or with a key.

import { now } from "../bytes.js";
import { clientAssertion, newKey, signByKey, signBySecret } from "../jwt.js";
import { accessTokenChecked, keepTokens, refused, resource } from "./parts.js";

const TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const REFUSED = { status: [401, 429], error: ["invalid_client", "slow_down"] };

const keyOf = (run) => JSON.parse(run.inputs.client_key);

const proof = (sign) => ({
  id: "assertion",
  label: "assertion",
  title: "The service signs an assertion about itself",
  arrows: [["service", "service", "signs an assertion"]],
  say: "A JWT that says who the client is, for this server, for a minute, once.",
  make: async (run) => {
    run.values.claims = clientAssertion(run.inputs.client_id, run.server.issuer);
    run.values.assertion = await sign(run, run.values.claims);
    return Object.entries(run.values.claims).map(([name, value]) => [name, String(value)]);
  },
});

const token = {
  id: "token",
  from: "service",
  label: "POST /token",
  back: "access token",
  say: "The assertion stands in place of a secret: what goes over the wire is of no use twice.",
  send: (run) => ({
    endpoint: "token_endpoint",
    form: {
      grant_type: "client_credentials",
      client_assertion_type: TYPE,
      client_assertion: run.values.assertion,
      scope: run.inputs.scope,
      resource: run.inputs.resource,
    },
  }),
  take: keepTokens,
};

// The same request with other claims, or signed by another.
const resigned = (sign, change = () => ({})) => async (spec, run) => {
  const claims = { ...clientAssertion(run.inputs.client_id, run.server.issuer), ...change(run) };
  return { ...spec, form: { ...spec.form, client_assertion: await sign(run, claims) } };
};

const attacks = (sign, stranger) => [
  {
    id: "replay",
    label: "The assertion is sent a second time",
    at: "token",
    after: true,
    stops: "Whoever saw it on the way can't use it: its jti is remembered until it expires.",
    rule: "RFC 7523 section 3",
    then: [refused(token, "replayed", REFUSED, { from: "attacker", send: (run) => run.specs.token, say: "It was seen in a log." })],
  },
  {
    id: "stranger",
    label: "It is signed by a stranger",
    at: "token",
    by: "attacker",
    change: resigned(stranger),
    expect: REFUSED,
    stops: "A client's name is no secret. Its key is.",
    rule: "RFC 7523 section 3",
  },
  {
    id: "audience",
    label: "It was made for another server",
    at: "token",
    by: "attacker",
    change: resigned(sign, () => ({ aud: "https://other.example" })),
    expect: REFUSED,
    stops: "A server that the client logs in at can't log in here as the client.",
    rule: "RFC 7523 section 3",
  },
  {
    id: "expired",
    label: "It has expired",
    at: "token",
    by: "attacker",
    change: resigned(sign, () => ({ iat: now() - 600, exp: now() - 300 })),
    expect: REFUSED,
    stops: "What is found later is worth nothing.",
    rule: "RFC 7523 section 3",
  },
];

const inputs = (role, more) => [
  { name: "client_id", label: "Service: client_id", value: (config) => config.clients?.[role]?.client_id ?? "" },
  more,
  { name: "scope", label: "Scope", value: (config) => config.scope ?? "", optional: true },
  resource,
];
const group = "How a client proves who it is";

const bySecret = (run, claims) => signBySecret(run.inputs.client_secret, claims);
const byKey = (run, claims) => signByKey(keyOf(run), claims);

export const clientSecretJwt = {
  id: "client_secret_jwt",
  title: "client_secret_jwt",
  group,
  who: "Services whose secret must not travel, and whose platform has no key pairs.",
  pros: ["The secret is never sent", "An assertion is good once"],
  cons: ["Both sides have the secret: with a key pair, only the client could have signed"],
  needs: { token_endpoint: true, token_endpoint_auth_methods_supported: "client_secret_jwt" },
  inputs: inputs("hmac", {
    name: "client_secret",
    label: "Service: client_secret",
    secret: true,
    value: (config) => config.clients?.hmac?.client_secret ?? "",
  }),
  steps: [proof(bySecret), token, accessTokenChecked()],
  attacks: attacks(bySecret, (run, claims) => signBySecret("a-guess", claims)),
};

export const privateKeyJwt = {
  id: "private_key_jwt",
  title: "private_key_jwt",
  group,
  who: "Services that keep a key: the strongest of these, and the one for banks.",
  pros: ["The server knows the public key alone, so nothing can leak there", "Keys rotate by jwks_uri"],
  cons: ["The service has to keep a private key"],
  needs: { token_endpoint: true, token_endpoint_auth_methods_supported: "private_key_jwt" },
  inputs: inputs("key", {
    name: "client_key",
    label: "Service: private key (JWK, ES256)",
    secret: true,
    value: (config) => JSON.stringify(config.key ?? ""),
  }),
  steps: [proof(byKey), token, accessTokenChecked()],
  attacks: attacks(byKey, async (run, claims) => signByKey({ ...(await newKey()).own, kid: keyOf(run).kid }, claims)),
};

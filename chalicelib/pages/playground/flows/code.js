// Authorization code with PKCE, without and with OpenID Connect.

import { random } from "../bytes.js";
import {
  accessTokenChecked,
  appClient,
  authorize,
  idTokenChecked,
  made,
  redeemed,
  refused,
  resource,
  returned,
  scope,
  stillWorks,
  unregisteredRedirectUri,
  userinfo,
} from "./parts.js";

// The same code once more, as it was sent.
const replayed = refused(redeemed, "replayed", { status: 400, error: "invalid_grant" }, {
  from: "attacker",
  send: (run) => run.specs.token,
  say: "The code, verifier and all, was seen in a log and is sent again.",
});

const attacksOnCodes = [
  {
    id: "verifier",
    label: "A thief redeems the code with another verifier",
    at: "token",
    by: "attacker",
    change: (spec) => ({ ...spec, form: { ...spec.form, code_verifier: random(32) } }),
    expect: { status: 400, error: "invalid_grant" },
    stops: "A stolen code is worth nothing without the secret that stayed in the app. Nor does the wrong guess burn it: the app's own request still works.",
    rule: "RFC 7636 section 4.6",
    then: [stillWorks(redeemed, "own", { say: "The app's own request, after the thief's." })],
  },
  {
    id: "downgrade",
    label: "The request has no code_challenge",
    at: "authorize",
    change: (spec) => {
      const { code_challenge, code_challenge_method, ...query } = spec.query;
      return { ...spec, query };
    },
    expect: { error: "invalid_request" },
    stops: "Nobody can leave PKCE out on the way: a public client can't do without it.",
    rule: "RFC 9700 section 2.1.1",
  },
  {
    id: "plain",
    label: "code_challenge_method is plain",
    at: "authorize",
    change: (spec, run) => ({ ...spec, query: { ...spec.query, code_challenge: run.values.verifier, code_challenge_method: "plain" } }),
    expect: { error: "invalid_request" },
    stops: "With plain, the verifier itself would travel through the browser, where it can be read.",
    rule: "RFC 9700 section 2.1.1",
  },
  unregisteredRedirectUri("The response is to go to another redirect_uri", "The code would go to the attacker."),
  {
    id: "other_redirect_uri",
    label: "The code is redeemed for another redirect_uri",
    at: "token",
    by: "attacker",
    change: (spec) => ({ ...spec, form: { ...spec.form, redirect_uri: `${spec.form.redirect_uri}/other` } }),
    expect: { status: 400, error: "invalid_grant" },
    stops: "A code is bound to where it was sent.",
    rule: "RFC 6749 section 4.1.3",
  },
  {
    id: "state",
    label: "The response is of another browser's request (CSRF)",
    at: "returned",
    by: "attacker",
    change: (values) => (values.response = { ...values.response, state: random(16) }),
    expect: { check: "state" },
    stops: "The attacker's own code, planted in this browser, would connect the person to the attacker's account. Here the app refuses.",
    rule: "RFC 6749 section 10.12",
  },
  {
    id: "mix_up",
    label: "The response is of another server (mix-up)",
    at: "returned",
    by: "attacker",
    change: (values) => (values.response = { ...values.response, iss: "https://attacker.example" }),
    expect: { check: "iss" },
    stops: "An app that talks to several servers would send the code of one to another. By iss it knows, and refuses.",
    rule: "RFC 9207 section 2.4",
  },
];

const replay = (aftermath) => ({
  id: "replay",
  label: "The code is sent a second time",
  at: "token",
  after: true,
  stops: "A code is good once. As nobody knows which of the two was the thief, the tokens of the first end with it.",
  rule: "RFC 6749 section 4.1.2",
  then: [replayed, aftermath],
});

const refreshed = {
  label: "POST /token (refresh)",
  send: (run) => ({
    endpoint: "token_endpoint",
    client: run.client("app"),
    form: { grant_type: "refresh_token", refresh_token: run.values.refresh_token },
  }),
  say: "What the first redemption gave is of no use any more.",
};

export const code = {
  id: "code",
  title: "Authorization code with PKCE",
  group: "A person signs in",
  who: "Web, single-page, mobile and desktop apps that call an API for a person.",
  pros: ["The app never sees the password", "A stolen code is worth nothing", "Works with every way to sign in"],
  cons: ["Needs a browser on the same device: otherwise the device flow"],
  needs: { authorization_endpoint: true, grant_types_supported: "authorization_code", response_types_supported: "code" },
  inputs: [appClient, { ...scope(""), optional: true }, resource],
  steps: [made(), authorize, returned, redeemed, accessTokenChecked()],
  attacks: [...attacksOnCodes, replay(refused(refreshed, "aftermath", { status: 400, error: "invalid_grant" }))],
};

// One character of the claims is another: somebody else's name.
function forged(token) {
  const [header, claims, signature] = token.split(".");
  const text = atob(claims.replaceAll("-", "+").replaceAll("_", "/"));
  const other = text.replace(/"sub":"[^"]*"/, '"sub":"somebody-else"');
  return [header, btoa(other).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""), signature].join(".");
}

export const openid = {
  id: "openid",
  title: "Sign-in with OpenID Connect",
  group: "A person signs in",
  who: "Apps that have to know who signed in. The same flow with the scope openid.",
  pros: ["The app knows who it is, by an ID token that it verifies itself", "Claims by scope, and at userinfo"],
  cons: ["An ID token is for the app: an API takes access tokens alone"],
  needs: { userinfo_endpoint: true, scopes_supported: "openid" },
  inputs: [appClient, scope("openid profile email"), resource],
  steps: [made({ openid: true }), authorize, returned, redeemed, idTokenChecked, accessTokenChecked(), userinfo],
  attacks: [
    {
      id: "forged",
      label: "The ID token names somebody else",
      at: "id_token",
      by: "attacker",
      change: (values) => (values.id_token = forged(values.id_token)),
      expect: { check: "signature" },
      stops: "Whoever changes a claim breaks the signature, which only the server's key in KMS can make.",
      rule: "OpenID Connect Core section 3.1.3.7",
    },
    {
      id: "nonce",
      label: "The ID token is of another sign-in (injection)",
      at: "id_token",
      by: "attacker",
      change: (values) => (values.nonce = random(16)),
      expect: { check: "nonce" },
      stops: "A genuine ID token of another sign-in, put in place of this one's, has another nonce.",
      rule: "OpenID Connect Core section 3.1.3.7",
    },
    {
      id: "audience",
      label: "The ID token is for another app",
      at: "id_token",
      by: "attacker",
      change: (values, run) => (run.inputs.app_id = "another-app"),
      expect: { check: "aud" },
      stops: "A token that another app got may not sign anybody in here.",
      rule: "OpenID Connect Core section 3.1.3.7",
    },
    replay(refused(userinfo, "aftermath", { status: 401, error: "invalid_token" }, { say: "The access token of the first redemption has ended." })),
  ],
};

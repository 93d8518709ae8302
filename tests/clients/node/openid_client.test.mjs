// openid-client (which is OpenID certified as a client) against the demo. ../test_openid_client.py starts both.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as oidc from "openid-client";
import { Browser } from "./browser.mjs";

const demo = JSON.parse(process.env.DEMO);
const SCOPE = "openid profile email offline_access notes:read";

/** openid-client's configuration of a client: discovery, and ID tokens checked against the JWKS. */
async function discover(clientId, authentication, { algorithm = "oidc", issuer = demo.issuer, metadata } = {}) {
  const configuration = await oidc.discovery(new URL(issuer), clientId, metadata, authentication, {
    algorithm,
    // The demo is on loopback, without TLS.
    execute: [oidc.allowInsecureRequests],
  });
  oidc.enableNonRepudiationChecks(configuration);
  return configuration;
}

/** A whole sign-in: openid-client makes the request, a person signs in, openid-client redeems the code. */
async function signIn(configuration, browser, parameters = {}) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()];
  const url = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: demo.redirect_uri,
    scope: SCOPE,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: expectedState,
    nonce: expectedNonce,
    ...parameters,
  });
  const location = await browser.authorize(url, demo);
  return oidc.authorizationCodeGrant(configuration, location, {
    pkceCodeVerifier,
    expectedState,
    expectedNonce,
    maxAge: parameters.max_age === undefined ? undefined : Number(parameters.max_age),
    idTokenExpected: true,
  });
}

let app;
let api;

before(async () => {
  app = await discover("demo-spa", oidc.None());
  api = await discover("demo-api", oidc.ClientSecretBasic(demo.api_secret));
});

test("discovery finds the same server by RFC 8414 and by OpenID Connect", async () => {
  const plain = await discover("demo-spa", oidc.None(), { algorithm: "oauth2" });
  assert.deepEqual(plain.serverMetadata(), app.serverMetadata());
});

test("a person signs in, and userinfo tells who they are", async () => {
  const tokens = await signIn(app, new Browser());
  assert.equal(tokens.claims().sub, "ada");
  const userinfo = await oidc.fetchUserInfo(app, tokens.access_token, "ada");
  assert.equal(userinfo.name, "Ada Lovelace");
});

/** An app on the web that registered itself for every response type with an ID token in it. */
async function registered() {
  const metadata = {
    redirect_uris: ["https://app.example.com/callback"],
    grant_types: ["authorization_code", "implicit"],
    response_types: ["id_token", "code id_token"],
  };
  const headers = { "content-type": "application/json" };
  const request = { method: "POST", headers, body: JSON.stringify(metadata) };
  const made = await (await fetch(new URL("/register", demo.issuer), request)).json();
  return discover(made.client_id, oidc.ClientSecretBasic(made.client_secret));
}

const HYBRID = { redirect_uri: "https://app.example.com/callback", scope: "openid profile email" };

async function hybrid(mode) {
  const client = await registered();
  oidc.useCodeIdTokenResponseType(client);
  const tokens = await signIn(client, new Browser(), { ...HYBRID, ...mode });
  assert.equal(tokens.claims().sub, "ada");
}

async function implicit(mode) {
  const client = await registered();
  oidc.useIdTokenResponseType(client);
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const url = oidc.buildAuthorizationUrl(client, { ...HYBRID, ...mode, state, nonce });
  const answer = await new Browser().authorize(url, demo);
  const claims = await oidc.implicitAuthentication(client, answer, nonce, { expectedState: state });
  assert.deepEqual([claims.sub, claims.name], ["ada", "Ada Lovelace"]);
}

test("a code with an ID token is verified, with its hashes", () => hybrid({}));
test("the same by form_post", () => hybrid({ response_mode: "form_post" }));
test("an ID token alone says who it is", () => implicit({}));
test("and so it does by form_post", () => implicit({ response_mode: "form_post" }));

test("max_age makes the server ask again and say when the person signed in", async () => {
  const browser = new Browser();
  await signIn(app, browser);
  const tokens = await signIn(app, browser, { max_age: "0" });
  assert.equal(typeof tokens.claims().auth_time, "number");
});

test("prompt=none without a session is login_required, in a response openid-client accepts", async () => {
  await assert.rejects(signIn(app, new Browser(), { prompt: "none" }), { error: "login_required" });
});

test("the API serves whoever holds a token for it", async () => {
  const tokens = await signIn(app, new Browser(), { resource: demo.api });
  const answer = await oidc.fetchProtectedResource(app, tokens.access_token, new URL("notes", demo.api), "GET");
  assert.deepEqual(await answer.json(), { notes: [] });
});

test("a refresh gives new tokens, and an ID token of the same person", async () => {
  const tokens = await signIn(app, new Browser());
  const renewed = await oidc.refreshTokenGrant(app, tokens.refresh_token);
  assert.notEqual(renewed.access_token, tokens.access_token);
  assert.notEqual(renewed.refresh_token, tokens.refresh_token);
  assert.equal(renewed.claims().sub, "ada");
});

test("a code is redeemed once", async () => {
  const verifier = oidc.randomPKCECodeVerifier();
  const url = oidc.buildAuthorizationUrl(app, {
    redirect_uri: demo.redirect_uri,
    scope: "openid",
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  const location = await new Browser().authorize(url, demo);
  const redeem = () => oidc.authorizationCodeGrant(app, location, { pkceCodeVerifier: verifier });
  const tokens = await redeem();
  await assert.rejects(redeem(), { error: "invalid_grant" });
  // RFC 6749 section 4.1.2: what the code had brought ends as well.
  assert.deepEqual(await oidc.tokenIntrospection(api, tokens.access_token), { active: false });
});

test("a service gets a token of its own, which the API introspects", async () => {
  const service = await discover("demo-service", oidc.ClientSecretBasic(demo.service_secret));
  const tokens = await oidc.clientCredentialsGrant(service, { scope: "notes:read" });
  const said = await oidc.tokenIntrospection(api, tokens.access_token);
  assert.deepEqual([said.active, said.sub, said.scope], [true, "demo-service", "notes:read"]);
});

test("the API has its answers signed, and openid-client verifies them", async () => {
  const metadata = { introspection_signed_response_alg: "RS256" };
  const signed = await discover("demo-api", oidc.ClientSecretBasic(demo.api_secret), { metadata });
  const service = await discover("demo-service", oidc.ClientSecretBasic(demo.service_secret));
  const tokens = await oidc.clientCredentialsGrant(service, { scope: "notes:read" });
  const said = await oidc.tokenIntrospection(signed, tokens.access_token);
  assert.deepEqual([said.active, said.sub, said.scope], [true, "demo-service", "notes:read"]);
  assert.deepEqual(await oidc.tokenIntrospection(signed, "nothing"), { active: false });
});

test("a wrong secret is refused as invalid_client", async () => {
  const service = await discover("demo-service", oidc.ClientSecretBasic("a guess"));
  await assert.rejects(oidc.clientCredentialsGrant(service), { status: 401 });
});

test("a service authenticates with a private key", async () => {
  const { issuer, client_id: clientId, jwk } = demo.private_key_jwt;
  const key = await crypto.subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
  const service = await discover(clientId, oidc.PrivateKeyJwt({ key, kid: jwk.kid }), { issuer });
  assert.equal((await oidc.clientCredentialsGrant(service)).token_type, "bearer");
});

test("a service authenticates with an HMAC by its secret, and another secret's is refused", async () => {
  const { issuer, client_id: clientId, secret } = demo.client_secret_jwt;
  const service = await discover(clientId, oidc.ClientSecretJwt(secret), { issuer });
  assert.equal((await oidc.clientCredentialsGrant(service)).token_type, "bearer");
  const stranger = await discover(clientId, oidc.ClientSecretJwt(`${secret}.`), { issuer });
  await assert.rejects(oidc.clientCredentialsGrant(stranger), { status: 401 });
});

/** A whole sign-in for one API, and what the API that got the token makes of it by a grant. */
async function actOnBehalf(grantType, parameters) {
  const { issuer, client_id: clientId, secret, token } = demo.on_behalf_of;
  const orders = await discover(clientId, oidc.ClientSecretBasic(secret), { issuer });
  return oidc.genericGrantRequest(orders, grantType, parameters(token));
}

test("an API exchanges a person's token for one to another API", async () => {
  const tokens = await actOnBehalf("urn:ietf:params:oauth:grant-type:token-exchange", (token) => ({
    subject_token: token,
    subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
    resource: demo.on_behalf_of.target,
  }));
  assert.equal(tokens.issued_token_type, "urn:ietf:params:oauth:token-type:access_token");
  const { sub, act, aud } = JSON.parse(Buffer.from(tokens.access_token.split(".")[1], "base64url"));
  assert.deepEqual({ sub, act, aud }, demo.on_behalf_of.expected);
});

test("the same in Entra's form", async () => {
  const tokens = await actOnBehalf("urn:ietf:params:oauth:grant-type:jwt-bearer", (assertion) => ({
    assertion,
    requested_token_use: "on_behalf_of",
    scope: `openid ${demo.on_behalf_of.target}.default`,
  }));
  assert.equal(tokens.scope, "pay:read");
});

/** A device that asks, and a person who decides before its first poll. */
async function connectDevice(decision) {
  const device = await discover("demo-device", oidc.None());
  const asked = await oidc.initiateDeviceAuthorization(device, { scope: "openid offline_access notes:read" });
  await new Browser().connect(new URL(asked.verification_uri_complete), demo, decision);
  // The server takes the first poll at once; what waits here is the client.
  return { device, tokens: await oidc.pollDeviceAuthorizationGrant(device, { ...asked, interval: 0 }) };
}

test("a device gets its tokens once a person has connected it, and refreshes them", async () => {
  const { device, tokens } = await connectDevice("allow");
  assert.equal(tokens.claims().sub, "ada");
  assert.equal((await oidc.fetchUserInfo(device, tokens.access_token, "ada")).sub, "ada");
  assert.equal((await oidc.refreshTokenGrant(device, tokens.refresh_token)).claims().sub, "ada");
});

test("a device whose person refused is told so", async () => {
  await assert.rejects(connectDevice("deny"), { error: "access_denied" });
});

test("an app registers itself, signs a person in, and manages its registration", async () => {
  const metadata = {
    redirect_uris: [demo.redirect_uri],
    client_name: "Harbour",
    grant_types: ["authorization_code", "refresh_token"],
    // What openid-client does with a secret, unless it is told otherwise.
    token_endpoint_auth_method: "client_secret_post",
  };
  const options = { execute: [oidc.allowInsecureRequests] };
  const registered = await oidc.dynamicClientRegistration(new URL(demo.issuer), metadata, undefined, options);
  const client = registered.clientMetadata();
  assert.ok(client.client_secret.length >= 43);
  const tokens = await signIn(registered, new Browser(), { scope: "openid email offline_access" });
  assert.equal(tokens.claims().aud, client.client_id);
  assert.equal((await oidc.refreshTokenGrant(registered, tokens.refresh_token)).claims().sub, "ada");
  const { registration_client_uri: uri, registration_access_token: token } = client;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const renamed = await fetch(uri, {
    method: "PUT",
    headers,
    body: JSON.stringify({ ...metadata, client_id: client.client_id, client_name: "Port" }),
  });
  const after = await renamed.json();
  assert.equal(after.client_name, "Port");
  headers.authorization = `Bearer ${after.registration_access_token}`;
  assert.equal((await fetch(uri, { method: "DELETE", headers })).status, 204);
  assert.equal((await fetch(uri, { headers })).status, 401);
});

test("an app that can keep no secret registers itself, and is the same the next time", async () => {
  const metadata = { token_endpoint_auth_method: "none", client_name: "Port" };
  const options = { execute: [oidc.allowInsecureRequests] };
  const ids = [];
  for (const port of [49152, 49153]) {
    const asked = { ...metadata, redirect_uris: [`http://127.0.0.1:${port}/`] };
    const registered = await oidc.dynamicClientRegistration(new URL(demo.issuer), asked, oidc.None(), options);
    ids.push(registered.clientMetadata().client_id);
  }
  assert.equal(ids[0], ids[1]);
});

test("revocation of a refresh token ends the access token too", async () => {
  const tokens = await signIn(app, new Browser());
  await oidc.tokenRevocation(app, tokens.refresh_token);
  assert.deepEqual(await oidc.tokenIntrospection(api, tokens.access_token), { active: false });
  await assert.rejects(oidc.refreshTokenGrant(app, tokens.refresh_token), { error: "invalid_grant" });
});

test("logout ends the session and returns to the app", async () => {
  const browser = new Browser();
  const tokens = await signIn(app, browser);
  const url = oidc.buildEndSessionUrl(app, {
    post_logout_redirect_uri: demo.app,
    id_token_hint: tokens.id_token,
    state: "bye",
  });
  assert.equal(String(await browser.open(url)), `${demo.app}?state=bye`);
  await assert.rejects(signIn(app, browser, { prompt: "none" }), { error: "login_required" });
});

// The server, as it tells of itself, and requests to it. Everything goes to this origin and nowhere else.

import { clientAssertion, signByKey, signBySecret } from "./jwt.js";

const HERE = location.origin;
const DISCOVERY = "/.well-known/openid-configuration";
export const REDIRECT_URI = `${HERE}/playground/callback`;
const JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const SHOWN_HEADERS = ["content-type", "cache-control", "www-authenticate", "retry-after", "allow", "location"];

export class Server {
  static async discover() {
    const answer = await fetch(DISCOVERY, { credentials: "omit", cache: "no-store" });
    const metadata = await answer.json();
    // RFC 8414 section 3.3: a document that names another issuer is none of ours.
    if (metadata.issuer !== HERE) throw new Error(`The metadata names the issuer ${metadata.issuer}, and this is ${HERE}.`);
    return new Server(metadata);
  }

  constructor(metadata) {
    this.metadata = metadata;
    this.issuer = metadata.issuer;
    this.keySet = null;
  }

  // The URL of a member such as token_endpoint. Throws for one that leads elsewhere.
  url(member) {
    const url = this.metadata[member];
    if (typeof url !== "string" || new URL(url).origin !== HERE) throw new Error(`This server has no ${member} here.`);
    return url;
  }

  has(member, value) {
    const found = this.metadata[member];
    if (value === true) return Boolean(found);
    return Array.isArray(found) && found.includes(value);
  }

  async keys() {
    this.keySet ??= (await (await fetch(this.url("jwks_uri"), { credentials: "omit" })).json()).keys;
    return this.keySet;
  }
}

// RFC 6749 appendix B, the encoding of both halves of client_secret_basic.
const formEncoded = (text) => new URLSearchParams({ "": text }).toString().slice(1);

// The headers and parameters by which a client says who it is.
async function authentication(client, issuer) {
  const { client_id, client_secret, method, key } = client;
  switch (method) {
    case "client_secret_basic": {
      const pair = `${formEncoded(client_id)}:${formEncoded(client_secret)}`;
      return { headers: { authorization: `Basic ${btoa(pair)}` }, form: {} };
    }
    case "client_secret_post":
      return { headers: {}, form: { client_id, client_secret } };
    case "client_secret_jwt":
    case "private_key_jwt": {
      const claims = clientAssertion(client_id, issuer);
      const assertion = key ? await signByKey(key, claims) : await signBySecret(client_secret, claims);
      return { headers: {}, form: { client_assertion_type: JWT_BEARER, client_assertion: assertion } };
    }
    default:
      return { headers: {}, form: { client_id } };
  }
}

// A specification of a request as what goes over the wire:
// { endpoint | url, method, form, query, json, bearer, client, headers }.
export async function toRequest(server, spec) {
  const given = spec.client ? await authentication(spec.client, server.issuer) : { headers: {}, form: {} };
  const url = new URL(spec.url ?? server.url(spec.endpoint));
  if (url.origin !== HERE) throw new Error("The playground asks nobody but its own server.");
  for (const [name, value] of pairs(spec.query)) url.searchParams.append(name, value);
  const headers = { ...given.headers, ...(spec.bearer ? { authorization: `Bearer ${spec.bearer}` } : {}), ...spec.headers };
  let body = null;
  const form = spec.form ? [...pairs(spec.form), ...pairs(given.form)] : [];
  if (spec.form) {
    headers["content-type"] = "application/x-www-form-urlencoded";
    body = new URLSearchParams(form).toString();
  } else if (spec.json) {
    headers["content-type"] = "application/json";
    body = JSON.stringify(spec.json);
  }
  const method = spec.method ?? (spec.form || spec.json ? "POST" : "GET");
  return { method, url: url.href, headers, form, json: spec.json ?? null, body };
}

// Pairs of an object whose values are text, lists of text, or nothing.
export function pairs(object) {
  return Object.entries(object ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).filter((one) => one !== undefined && one !== null && one !== "").map((one) => [name, String(one)]),
  );
}

export async function send({ method, url, headers, body }) {
  const answer = await fetch(url, {
    method,
    headers,
    body,
    // The session's cookie is the person's, and no client's business.
    credentials: "omit",
    cache: "no-store",
    redirect: "manual",
    referrerPolicy: "no-referrer",
  });
  const text = await answer.text();
  return {
    status: answer.status,
    redirected: answer.type === "opaqueredirect",
    headers: SHOWN_HEADERS.filter((name) => answer.headers.has(name)).map((name) => [name, answer.headers.get(name)]),
    ...read(text, answer.headers.get("content-type") ?? ""),
  };
}

function read(text, type) {
  if (/json/.test(type)) {
    try {
      return { json: JSON.parse(text), text };
    } catch {
      return { text };
    }
  }
  if (/html/.test(type)) {
    const title = /<title>([^<]*)<\/title>/.exec(text);
    return { text: `A page for the person${title ? `: "${title[1].trim()}"` : ""}` };
  }
  return { text };
}

// The same request as a line for a terminal.
export function curl({ method, url, headers, body }) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const lines = [`curl -i${method === "GET" ? "" : ` -X ${method}`} ${quoted(url)}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body) lines.push(`--data-raw ${quoted(body)}`);
  return lines.join(" \\\n  ");
}

// JSON Web Tokens: read, signed and verified with the browser's own cryptography.

import { base64url, fromBase64url, now, random, utf8 } from "./bytes.js";

// By JOSE's name: how the key is imported, and how a signature is made.
const ALGORITHMS = {
  ES256: { key: { name: "ECDSA", namedCurve: "P-256" }, use: { name: "ECDSA", hash: "SHA-256" } },
  RS256: { key: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, use: { name: "RSASSA-PKCS1-v1_5" } },
  PS256: { key: { name: "RSA-PSS", hash: "SHA-256" }, use: { name: "RSA-PSS", saltLength: 32 } },
  EdDSA: { key: { name: "Ed25519" }, use: { name: "Ed25519" } },
  HS256: { key: { name: "HMAC", hash: "SHA-256" }, use: { name: "HMAC" } },
};

// What a token says, unverified; null for what is no JWT.
export function decode(token) {
  const parts = typeof token === "string" ? token.split(".") : [];
  if (parts.length !== 3) return null;
  try {
    const [header, claims] = parts
      .slice(0, 2)
      .map((part) => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(fromBase64url(part))));
    return { header, claims, signature: fromBase64url(parts[2]), input: `${parts[0]}.${parts[1]}` };
  } catch {
    return null;
  }
}

// Whether the signature is by a key of this set. `says` is why, in a sentence.
export async function verifySignature(jwt, keys) {
  const { alg, kid } = jwt.header;
  const algorithm = ALGORITHMS[alg];
  if (!algorithm || alg === "HS256") return { ok: false, says: `The header names alg ${alg}, which is not taken here.` };
  const jwk = keys.find((key) => key.kid === kid && (!key.alg || key.alg === alg));
  if (!jwk) return { ok: false, says: `No key of jwks_uri has the kid ${kid} for ${alg}.` };
  try {
    const key = await crypto.subtle.importKey("jwk", publicPart(jwk), algorithm.key, false, ["verify"]);
    const ok = await crypto.subtle.verify(algorithm.use, key, jwt.signature, utf8(jwt.input));
    return { ok, says: `${alg}, by the key ${kid} of jwks_uri.` };
  } catch {
    return { ok: null, says: `This browser can't verify ${alg}.` };
  }
}

function publicPart({ kty, crv, x, y, n, e }) {
  return Object.fromEntries(Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined));
}

async function signed(header, claims, algorithm, key) {
  const input = [header, claims].map((part) => base64url(utf8(JSON.stringify(part)))).join(".");
  return `${input}.${base64url(await crypto.subtle.sign(algorithm.use, key, utf8(input)))}`;
}

// A JWT by a private JWK (ES256).
export async function signByKey(jwk, claims, header = {}) {
  const key = await crypto.subtle.importKey("jwk", jwk, ALGORITHMS.ES256.key, false, ["sign"]);
  return signed({ alg: "ES256", ...(jwk.kid ? { kid: jwk.kid } : {}), ...header }, claims, ALGORITHMS.ES256, key);
}

// A JWT by a secret both sides have.
export async function signBySecret(secret, claims) {
  const key = await crypto.subtle.importKey("raw", utf8(secret), ALGORITHMS.HS256.key, false, ["sign"]);
  return signed({ alg: "HS256", typ: "JWT" }, claims, ALGORITHMS.HS256, key);
}

// A new ES256 key, as private and public JWK.
export async function newKey() {
  const pair = await crypto.subtle.generateKey(ALGORITHMS.ES256.key, true, ["sign", "verify"]);
  const { kty, crv, x, y, d } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  const kid = random(8);
  return { own: { kty, crv, x, y, d, kid }, published: { kty, crv, x, y, kid, alg: "ES256", use: "sig" } };
}

// RFC 7523 section 3: what a client says of itself to authenticate.
export const clientAssertion = (client_id, issuer) => ({
  iss: client_id,
  sub: client_id,
  aud: issuer,
  jti: random(16),
  iat: now(),
  exp: now() + 60,
});

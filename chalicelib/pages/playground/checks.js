// What an app must verify before it believes: each check has a name, whether it passed (null: nothing to
// check), why, and the rule.

import { base64url, now, sha256 } from "./bytes.js";
import { decode, verifySignature } from "./jwt.js";

const TOLERANCE = 60;
const CORE = "OpenID Connect Core section 3.1.3.7";

const check = (name, ok, says, rule) => ({ name, ok, says, rule });
const list = (value) => (Array.isArray(value) ? value : [value]);

// RFC 9700 section 4.7, RFC 9207 section 2.4: is the response an answer to this browser's request, by this server?
export function responseChecks({ response, state, issuer }) {
  return [
    check(
      "state",
      response.state === state,
      response.state === state ? "It is the one this tab sent." : "It is not the one this tab sent: somebody else's response.",
      "RFC 6749 section 10.12",
    ),
    check(
      "iss",
      response.iss === issuer,
      response.iss === issuer ? `It names ${issuer}.` : `It names ${response.iss ?? "nobody"}, and ${issuer} was asked.`,
      "RFC 9207 section 2.4",
    ),
  ];
}

async function signature(jwt, keys) {
  const { ok, says } = await verifySignature(jwt, keys);
  return check("signature", ok, says, "RFC 7515 section 5.2");
}

function times(claims) {
  const left = claims.exp - now();
  return [
    check("exp", left > -TOLERANCE, left > 0 ? `Good for ${left} seconds more.` : "It has expired.", "RFC 7519 section 4.1.4"),
    check("iat", claims.iat <= now() + TOLERANCE, "It was not issued in the future.", "RFC 7519 section 4.1.6"),
  ];
}

// OpenID Connect Core section 3.1.3.7.
export async function idTokenChecks({ token, keys, issuer, client_id, nonce, access_token, hashed = false }) {
  const jwt = decode(token);
  if (!jwt) return [check("form", false, "This is no JWT.", "RFC 7519 section 7.2")];
  const { claims } = jwt;
  const forUs = list(claims.aud).includes(client_id);
  return [
    await signature(jwt, keys),
    check("iss", claims.iss === issuer, `It is of ${claims.iss}.`, CORE),
    check("aud", forUs, forUs ? "It is for this client." : `It is for ${claims.aud}, not for ${client_id}.`, CORE),
    check("nonce", claims.nonce === nonce, claims.nonce === nonce ? "It is the one this request sent." : "It is of another request.", CORE),
    ...times(claims),
    await hash(claims, access_token, hashed),
  ];
}

async function hash(claims, access_token, needed) {
  const rule = "OpenID Connect Core section 3.1.3.6";
  if (!("at_hash" in claims)) {
    const says = needed ? "It must be there beside an access token." : "Not sent: optional where the token endpoint gives both.";
    return check("at_hash", needed ? false : null, says, rule);
  }
  const expected = base64url((await sha256(access_token ?? "")).slice(0, 16));
  return check("at_hash", claims.at_hash === expected, "The access token is the one the ID token came with.", rule);
}

// RFC 9068 section 4, as an API does it; `audience` null where any will do.
export async function accessTokenChecks({ token, keys, issuer, audience = null }) {
  const jwt = decode(token);
  if (!jwt) return [check("form", null, "It is no JWT: only the server can say what it is (introspection).", "RFC 7662")];
  const { header, claims } = jwt;
  const rule = "RFC 9068 section 4";
  const fits = audience === null || list(claims.aud).includes(audience);
  return [
    await signature(jwt, keys),
    check("typ", header.typ === "at+jwt", `${header.typ}: an access token, and no other kind of JWT.`, rule),
    check("iss", claims.iss === issuer, `It is of ${claims.iss}.`, rule),
    check("aud", fits, `It is for ${list(claims.aud).join(" and ")}.`, rule),
    ...times(claims),
  ];
}

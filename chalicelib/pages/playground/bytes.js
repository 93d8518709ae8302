// Bytes, base64url, random values and hashes.

export const utf8 = (text) => new TextEncoder().encode(text);

export function base64url(bytes) {
  const text = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// Throws where the text is no base64url.
export function fromBase64url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new Error("This is no base64url.");
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

export const random = (count) => base64url(crypto.getRandomValues(new Uint8Array(count)));

export const sha256 = async (text) => new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text)));

// RFC 7636 section 4.2.
export const s256 = async (verifier) => base64url(await sha256(verifier));

export const now = () => Math.floor(Date.now() / 1000);

"use strict";

// OpenID Connect Session Management section 3.2. An app asks "client_id session_state" and is told unchanged,
// changed, or error. A browser that keeps this server's cookies from pages of other sites shows none here: then
// nothing is known, which is an error and no change.
const prefix = `${document.documentElement.dataset.cookie}=`;

function browserState() {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(prefix));
  return found ? found.slice(prefix.length) : "";
}

async function digest(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

async function check(message, origin) {
  const asked = /^([^ ]+) ([\w-]{43})\.([\w-]+)$/.exec(message);
  const state = browserState();
  if (!asked || !state) return "error";
  const [, clientId, hash, salt] = asked;
  return (await digest(`${clientId} ${origin} ${state} ${salt}`)) === hash ? "unchanged" : "changed";
}

addEventListener("message", async ({ data, origin, source }) => {
  // Only a page has an origin that can be answered.
  if (!source || !/^https?:/.test(origin)) return;
  let answer = "error";
  try {
    if (typeof data === "string") answer = await check(data, origin);
  } catch {
    // No digest where a page around is not secure: nothing is known.
  }
  source.postMessage(answer, origin);
});

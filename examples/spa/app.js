import { createClient, explain, loadConfiguration } from "./client.js";

const find = (id) => document.getElementById(id);
const show = (id, shown) => { find(id).hidden = !shown; };

const CLAIM_NAMES = {
  sub: "Subject", name: "Name", email: "Email", email_verified: "Email verified", phone_number: "Phone",
  phone_number_verified: "Phone verified", birthdate: "Birthdate", gender: "Gender", zoneinfo: "Time zone",
  locale: "Locale", address: "Address", website: "Website", preferred_username: "Username", updated_at: "Profile updated",
};

let configuration;
let client;
let user = null;

find("sign-in").addEventListener("click", attempt(() => client.signinRedirect()));

find("sign-out").addEventListener("click", attempt(() => client.signoutRedirect()));

find("call-api").addEventListener("click", attempt(async () => {
  renderNotes(await callApi("GET"));
  tell("The API answered.");
}));

find("refresh").addEventListener("click", attempt(async () => {
  await refresh();
  tell("A new access token has come.");
}));

find("new-note").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(async () => {
    renderNotes(await callApi("POST", { text: find("note-text").value }));
    find("note-text").value = "";
    find("note-text").focus();
  })();
});

setInterval(renderExpiry, 1000);

try {
  configuration = await loadConfiguration();
  client = createClient(configuration);
  find("issuer").textContent = configuration.authority;
  find("issuer").href = `${configuration.authority}/.well-known/openid-configuration`;
  find("api-url").textContent = `${configuration.resource}notes`;
  await render(await client.getUser());
} catch (error) {
  fail(error);
} finally {
  show("loading", false);
}

/** Calls the API with the access token, refreshing it where it is about to end or is refused. */
async function callApi(method, body) {
  if (user.expires_in < 5) await refresh();
  let answer = await send(method, body);
  if (answer.status === 401) {
    await refresh();
    answer = await send(method, body);
  }
  const document = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new Error(`The API answered ${answer.status}: ${document.error_description || document.error || "no reason given"}`);
  }
  return document.notes;
}

function send(method, body) {
  const headers = { authorization: `Bearer ${user.access_token}` };
  if (body) headers["content-type"] = "application/json";
  return fetch(`${configuration.resource}notes`, { method, headers, body: body && JSON.stringify(body) });
}

/** New tokens for the refresh token. Where it is good no more, the person is signed out here. */
async function refresh() {
  try {
    await render(await client.signinSilent(), { callsApi: false });
  } catch (error) {
    if (error.error === "invalid_grant" || error.error === "login_required") {
      await client.removeUser();
      await render(null);
    }
    throw error;
  }
}

async function render(signedIn, { callsApi = true } = {}) {
  user = signedIn;
  show("signed-out", !user);
  show("signed-in", Boolean(user));
  show("who", Boolean(user));
  if (!user) return;
  const { profile } = user;
  find("name").textContent = profile.name || profile.sub;
  find("email").textContent = profile.email || "";
  find("initials").textContent = (profile.name || profile.sub).split(/\s+/).map((word) => word[0]).join("").slice(0, 2);
  renderClaims(profile);
  renderToken();
  if (callsApi) renderNotes(await callApi("GET"));
}

function renderNotes(notes) {
  find("notes").replaceChildren(...notes.map((text) => element("li", text)));
  show("no-notes", notes.length === 0);
}

function renderClaims(profile) {
  const rows = Object.keys(CLAIM_NAMES).filter((name) => profile[name] !== undefined).map((name) => {
    const row = element("div");
    row.append(element("dt", CLAIM_NAMES[name]), element("dd", claimText(name, profile[name])));
    return row;
  });
  find("claims").replaceChildren(...rows);
}

function claimText(name, value) {
  if (name === "updated_at") return new Date(value * 1000).toLocaleString();
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (name === "address") return value.formatted || JSON.stringify(value);
  return String(value);
}

function renderToken() {
  const [header, claims] = user.access_token.split(".").slice(0, 2).map(decodePart);
  find("audience").textContent = claims ? [claims.aud].flat().join(", ") : "(opaque)";
  find("scope").textContent = user.scope;
  find("access-token").textContent = claims ? JSON.stringify({ header, claims }, null, 2) : "An opaque token: only the server can read it.";
  renderExpiry();
}

function renderExpiry() {
  if (!user) return;
  const seconds = Math.max(0, user.expires_in);
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} min`;
  find("expires").textContent = seconds ? clock : "over: refresh it";
}

/** A part of a JWT as an object. For show alone: an app has no use for what is in an access token. */
function decodePart(part) {
  try {
    const bytes = Uint8Array.from(atob(part.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

function attempt(action) {
  return async () => {
    show("error", false);
    show("status", false);
    try {
      await action();
    } catch (error) {
      fail(error);
    }
  };
}

function tell(text) {
  find("status").textContent = text;
  show("status", true);
}

function fail(error) {
  console.error(error);
  find("error").textContent = explain(error);
  show("error", true);
  if (!user) show("signed-out", Boolean(client));
}

function element(name, text) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  return made;
}

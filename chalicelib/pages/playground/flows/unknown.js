// Apps nobody registered by hand: those that register themselves, and those that are known by a URL.

import { REDIRECT_URI } from "../server.js";
import { idTokenCheckedAs, refused, signIn } from "./parts.js";

const group = "An app nobody knows yet";
const openScope = { name: "scope", label: "Scope", value: () => "openid profile" };

const metadata = () => ({
  client_name: "A playground that registered itself",
  redirect_uris: [REDIRECT_URI],
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  token_endpoint_auth_method: "client_secret_basic",
});

const register = {
  id: "register",
  label: "POST /register",
  back: "client_id, client_secret",
  say: "The app describes itself and is given a name, a secret, and a token by which it manages its own record.",
  send: (run) => ({ endpoint: "registration_endpoint", json: metadata(), bearer: run.inputs.initial_access_token }),
  take: (run, json) => {
    Object.assign(run.values, { own_id: json.client_id, own_secret: json.client_secret, own_method: json.token_endpoint_auth_method });
    run.values.record = { url: json.registration_client_uri, token: json.registration_access_token };
  },
};

// The record by its own address; the token for it may have been replaced by the answer before.
const record = (id, method, label, more) => ({
  id,
  label,
  send: (run) => ({ url: run.values.record.url, method, bearer: run.values.record.token }),
  take: (run, json) => {
    if (json.registration_access_token) run.values.record.token = json.registration_access_token;
  },
  ...more,
});
const read = record("read", "GET", "GET /register/…", { back: "its record", say: "The app looks up its own record." });
const deleted = record("delete", "DELETE", "DELETE /register/…", { back: "204", say: "The app takes itself off the list: its tokens end." });

export const registration = {
  id: "registration",
  title: "Dynamic registration",
  group,
  who: "Apps that meet this server for the first time: tools, MCP clients without a web page of their own.",
  pros: ["Nobody has to register the app by hand", "It manages its own record"],
  cons: ["Anybody can: such apps are marked, and may ask for little", "A name each time: a metadata document needs none"],
  needs: { registration_endpoint: true },
  inputs: [
    openScope,
    { name: "initial_access_token", label: "Initial access token (where the tenant wants one)", secret: true, optional: true, value: () => "" },
  ],
  steps: [
    register,
    ...signIn({ openid: true, role: "own" }),
    idTokenCheckedAs("own"),
    read,
    deleted,
    refused(read, "gone", { status: 401 }, { say: "There is no such record any more." }),
  ],
  attacks: [
    {
      id: "script",
      label: "The redirect_uri is a script",
      at: "register",
      by: "attacker",
      change: (spec) => ({ ...spec, json: { ...spec.json, redirect_uris: ["javascript:alert(1)"] } }),
      expect: { status: 400, error: "invalid_redirect_uri" },
      stops: "It would run in this server's own page when the person is sent back.",
      rule: "RFC 7591 section 5",
    },
    {
      id: "fragment",
      label: "The redirect_uri has a fragment",
      at: "register",
      by: "attacker",
      change: (spec) => ({ ...spec, json: { ...spec.json, redirect_uris: [`${REDIRECT_URI}#here`] } }),
      expect: { status: 400, error: "invalid_redirect_uri" },
      stops: "What is matched must be all there is.",
      rule: "RFC 6749 section 3.1.2",
    },
    {
      id: "powers",
      label: "The app registers itself for the password grant",
      at: "register",
      by: "attacker",
      change: (spec) => ({ ...spec, json: { ...spec.json, grant_types: ["authorization_code", "password"] } }),
      expect: { status: 400, error: "invalid_client_metadata" },
      stops: "An app nobody looked at signs people in by their browser and in no other way: it acts for nobody, and sees no password.",
      rule: "RFC 7591 section 5",
    },
    {
      id: "record",
      label: "A stranger looks up the record",
      at: "read",
      by: "attacker",
      change: (spec) => ({ ...spec, bearer: "a-guess" }),
      expect: { status: 401 },
      stops: "A record is its client's alone, and the answer is the same for one that never was.",
      rule: "RFC 7592 section 3",
    },
  ],
};

// Served by the playground itself; chalicelib/endpoints/playground_page.py.
const DOCUMENT = `${location.origin}/playground/client.json`;
const IMPOSTOR = `${location.origin}/playground/impostor.json`;

const fetched = {
  id: "document",
  label: "the client's metadata document",
  title: "What the server will fetch",
  arrows: [["app", "app", "publishes its document"]],
  say: "The app's name is a URL. There stands who it is and where its responses go; the server fetches it when it first meets the app.",
  send: (run) => ({ url: run.inputs.document_id }),
};

const probe = (more) => ({ at: "authorize", by: "attacker", probe: true, expect: { status: 400 }, ...more });
const asked = (query) => (spec) => ({ ...spec, query: { ...spec.query, ...query } });

export const metadataDocument = {
  id: "metadata_document",
  title: "Client ID metadata document",
  group,
  who: "Apps with a web address that meet servers they never heard of: MCP clients above all.",
  pros: ["No registration, no record, no secret", "People see the app's host, which is proved by its certificate"],
  cons: ["The server must be able to fetch the document", "A draft: draft-ietf-oauth-client-id-metadata-document"],
  needs: { client_id_metadata_document_supported: true },
  inputs: [{ name: "document_id", label: "Client (URL)", value: () => DOCUMENT }, openScope],
  steps: [fetched, ...signIn({ openid: true, role: "document" }), idTokenCheckedAs("document")],
  attacks: [
    probe({
      id: "impostor",
      label: "The document gives another client's name",
      change: asked({ client_id: IMPOSTOR }),
      stops: "A document must name the very URL it stands at. Otherwise anybody could publish another's.",
      rule: "draft-ietf-oauth-client-id-metadata-document section 4",
    }),
    probe({
      id: "elsewhere",
      label: "The redirect_uri is not in the document",
      change: asked({ redirect_uri: "https://attacker.example/callback" }),
      stops: "Whoever uses the app's name does not get its codes.",
      rule: "draft-ietf-oauth-client-id-metadata-document section 4",
    }),
    probe({
      id: "inside",
      label: "The URL leads into the server's own network",
      change: asked({ client_id: "https://169.254.169.254/latest/meta-data" }),
      stops: "A server that fetches what strangers name would fetch its own credentials for them. An address is no name, and a name that leads to such an address is refused too.",
      rule: "draft-ietf-oauth-client-id-metadata-document section 8",
    }),
  ],
};

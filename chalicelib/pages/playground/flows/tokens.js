// What becomes of tokens: refreshed and revoked.

import { appClient, keepTokens, redeemed, refused, resource, scope, secretClient, signIn, stillWorks, userinfo } from "./parts.js";

const refresh = (token) => ({
  id: "refresh",
  label: "POST /token (refresh)",
  back: "next tokens",
  send: (run) => ({
    endpoint: "token_endpoint",
    client: run.client("app"),
    form: { grant_type: "refresh_token", refresh_token: token(run) },
  }),
});

const first = (run) => run.values.refresh_tokens[0];
const newest = (run) => run.values.refresh_tokens.at(-1);
const collect = (run, json) => {
  keepTokens(run, json);
  run.values.refresh_tokens = [...(run.values.refresh_tokens ?? []), json.refresh_token];
};

const begun = signIn().map((step) => (step.id === "token" ? { ...step, take: collect } : step));

const rotated = {
  ...refresh(newest),
  say: "The refresh token is traded for an access token, and for the refresh token that comes next: it rotates.",
  take: collect,
};
const rotatedAgain = { ...rotated, id: "refresh_again", say: "And once more, so that the first one is two generations old." };

export const refreshToken = {
  id: "refresh",
  title: "Refresh, with rotation",
  group: "What becomes of tokens",
  who: "Every app that works on after its access token has ended, without asking the person again.",
  pros: ["Access tokens can be short-lived", "Who steals a refresh token is found out", "A lost answer is no harm: a retry gets the same successor"],
  cons: ["The app must keep a secret safe for weeks"],
  needs: { token_endpoint: true, grant_types_supported: "refresh_token" },
  inputs: [appClient, { ...scope(""), optional: true }, resource],
  steps: [
    ...begun,
    rotated,
    {
      ...refresh(first),
      id: "retry",
      say: "The answer was lost on the way, so the app asks again, with the same token. Within the grace window that is no reuse.",
      take: (run, json) => (run.values.retried = json.refresh_token),
    },
    {
      id: "same",
      label: "same successor",
      say: "The retry did not make a second line of tokens: both answers have the same refresh token.",
      check: (run) => [
        {
          name: "successor",
          ok: run.values.retried === newest(run),
          says: "The retry brought the refresh token that the first answer had.",
          rule: "RFC 9700 section 4.14.2",
        },
      ],
    },
  ],
  attacks: [
    {
      id: "reuse",
      label: "A stolen refresh token is used after the app went on",
      at: "refresh",
      after: true,
      stops: "An old refresh token in use means two have the line: the app and a thief. The whole grant ends, the newest token with it, and the person signs in again.",
      rule: "RFC 9700 section 4.14.2",
      then: [
        rotatedAgain,
        refused(refresh(first), "reused", { status: 400, error: "invalid_grant" }, { from: "attacker", say: "The thief has the first one." }),
        refused(refresh(newest), "ended", { status: 400, error: "invalid_grant" }, { say: "The app's own newest token has ended too." }),
      ],
    },
    {
      id: "wider",
      label: "The refresh asks for more than was granted",
      at: "refresh",
      change: (spec) => ({ ...spec, form: { ...spec.form, scope: "notes:write openid" } }),
      expect: { status: 400, error: "invalid_scope" },
      stops: "Nobody gets by refreshing what the person did not allow.",
      rule: "RFC 6749 section 6",
    },
    {
      id: "other",
      label: "A guess with the grant's name",
      at: "refresh",
      by: "attacker",
      change: (spec) => ({ ...spec, form: { ...spec.form, refresh_token: `${spec.form.refresh_token.slice(0, -6)}AAAAAA` } }),
      expect: { status: 400, error: "invalid_grant" },
      stops: "A guess is no reuse: it is refused, and the app's own token stays good. Otherwise anybody could end anybody's grant.",
      rule: "RFC 9700 section 4.14.2",
      then: [stillWorks(rotated, "own", { say: "The app's own request, after the guess." })],
    },
  ],
};

const revoke = (name) => ({
  id: `revoke_${name}`,
  label: "POST /revoke",
  back: "200",
  send: (run) => ({
    endpoint: "revocation_endpoint",
    client: run.client("app"),
    form: { token: run.values[name], token_type_hint: name },
  }),
});
const works = { ...userinfo, say: "The access token opens the server's own API." };
const closed = (id, say) => refused(userinfo, id, { status: 401, error: "invalid_token" }, { say });

export const revocation = {
  id: "revocation",
  title: "Revocation",
  group: "What becomes of tokens",
  who: "Apps whose person signs out or disconnects them.",
  pros: ["One request ends everything the app has", "Says 200 for any token: nobody can try tokens out"],
  cons: ["APIs that verify signatures alone take an access token until it expires"],
  needs: { revocation_endpoint: true },
  inputs: [appClient, scope("openid offline_access"), resource, ...secretClient("service", "Another app (to break it)", { optional: true })],
  steps: [
    ...signIn({ openid: true }),
    works,
    { ...revoke("access_token"), say: "One access token is ended." },
    closed("closed", "It opens nothing any more."),
    { ...revoke("refresh_token"), say: "The refresh token is ended, and the grant with it." },
    refused(refresh((run) => run.values.refresh_token), "refresh", { status: 400, error: "invalid_grant" }, { say: "It brings nothing any more." }),
  ],
  attacks: [
    {
      id: "unknown",
      label: "Tokens are tried out",
      at: "revoke_access_token",
      by: "attacker",
      change: (spec) => ({ ...spec, form: { token: "a-guess" } }),
      expect: { status: 200, fine: false },
      stops: "The answer is the same for a token that never was: nobody learns which ones are good. The app's own still is.",
      rule: "RFC 7009 section 2.2",
      then: [stillWorks(works, "still")],
    },
    {
      id: "stranger",
      label: "Another app revokes the token",
      at: "revoke_access_token",
      by: "attacker",
      change: (spec, run) => ({ ...spec, client: run.client("service") }),
      expect: { status: 200, fine: false },
      stops: "A token is ended by its own client alone. Another is answered as for a token that never was, and nothing happens.",
      rule: "RFC 7009 section 2.1",
      then: [stillWorks(works, "still")],
    },
  ],
};

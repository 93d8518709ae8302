// Signing out at the server, by the app's wish.

import { random } from "../bytes.js";
import { REDIRECT_URI } from "../server.js";
import { appClient, idTokenChecked, refused, resource, scope, signIn } from "./parts.js";

const signOut = {
  id: "end_session",
  label: "GET /end_session",
  arrows: [
    ["app", "person", "redirect"],
    ["person", "server", "GET /end_session"],
    ["server", "app", "state"],
  ],
  say: "The browser goes to the server with the ID token as a hint, and comes back signed out.",
  visit: (run) => {
    run.values.out = random(16);
    return {
      endpoint: "end_session_endpoint",
      query: { id_token_hint: run.values.id_token, post_logout_redirect_uri: REDIRECT_URI, state: run.values.out },
    };
  },
};

export const logout = {
  id: "logout",
  title: "Sign-out",
  group: "A person signs in",
  who: "Apps whose people sign out of the server too, and not of the app alone.",
  pros: ["Ends the session, and the refresh tokens that hang on it"],
  cons: ["Refresh tokens with offline_access stay: revoke them"],
  needs: { end_session_endpoint: true },
  inputs: [appClient, scope("openid"), resource],
  steps: [
    ...signIn({ openid: true }),
    idTokenChecked,
    signOut,
    {
      id: "out",
      label: "state",
      say: "The app makes sure that this is the end of its own request.",
      check: (run) => [
        { name: "state", ok: run.values.response.state === run.values.out, says: "It is the one this tab sent.", rule: "OpenID Connect RP-Initiated Logout section 3" },
      ],
    },
    refused(
      {
        label: "POST /token (refresh)",
        send: (run) => ({
          endpoint: "token_endpoint",
          client: run.client("app"),
          form: { grant_type: "refresh_token", refresh_token: run.values.refresh_token ?? "none-was-given" },
        }),
        say: "Nothing is refreshed after it.",
      },
      "ended",
      { status: 400, error: "invalid_grant" },
    ),
  ],
  attacks: [
    {
      id: "elsewhere",
      label: "The browser is to land on another site (open redirect)",
      at: "end_session",
      by: "attacker",
      probe: true,
      change: (spec) => ({ ...spec, query: { ...spec.query, post_logout_redirect_uri: "https://attacker.example/" } }),
      expect: { status: 400 },
      stops: "A link to this server would lead to the attacker's page. Only a registered address is gone to.",
      rule: "OpenID Connect RP-Initiated Logout section 3",
    },
  ],
};

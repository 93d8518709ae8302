// A service for itself: client credentials.

import { accessTokenChecked, keepTokens, resource, secretClient, WRONG_SECRET } from "./parts.js";

const token = {
  id: "token",
  from: "service",
  label: "POST /token",
  back: "access token",
  say: "The service says who it is and gets a token in its own name. There is no person and no refresh token.",
  send: (run) => ({
    endpoint: "token_endpoint",
    client: run.client("service"),
    form: { grant_type: "client_credentials", scope: run.inputs.scope, resource: run.inputs.resource },
  }),
  take: keepTokens,
};

export const clientCredentials = {
  id: "client_credentials",
  title: "Client credentials",
  group: "No person, or another's word",
  who: "Services that call an API for themselves: jobs, workers, integrations.",
  pros: ["One request", "No refresh token to keep: the credentials are there"],
  cons: ["Never for an app on a person's device, which can keep no secret", "The API can't tell for whom the call is"],
  needs: { token_endpoint: true, grant_types_supported: "client_credentials" },
  inputs: [
    ...secretClient("service", "Service"),
    { name: "scope", label: "Scope", value: (config) => config.scope ?? "", optional: true },
    resource,
  ],
  steps: [token, accessTokenChecked()],
  attacks: [
    {
      id: "secret",
      label: "The secret is a wrong one",
      at: "token",
      by: "attacker",
      change: (spec) => ({ ...spec, client: { ...spec.client, client_secret: "a-guess" } }),
      expect: WRONG_SECRET,
      stops: "Who does not know the secret is nobody. Secrets have 256 random bits, so guessing is in vain.",
      rule: "RFC 6749 section 5.2",
    },
    {
      id: "twice",
      label: "The client says who it is in two ways",
      at: "token",
      change: (spec) => ({ ...spec, form: { ...spec.form, client_id: spec.client.client_id, client_secret: "another" } }),
      expect: { status: 400, error: "invalid_request" },
      stops: "Two answers to one question: which of them is checked must not be the attacker's choice.",
      rule: "RFC 6749 section 2.3",
    },
    {
      id: "wider",
      label: "The service asks for what it may not have",
      at: "token",
      change: (spec) => ({ ...spec, form: { ...spec.form, scope: "everything" } }),
      expect: { status: 400, error: "invalid_scope" },
      stops: "A service gets what it is registered for, and no more.",
      rule: "RFC 6749 section 5.2",
    },
    {
      id: "elsewhere",
      label: "The token is to be for an API nobody knows",
      at: "token",
      change: (spec) => ({ ...spec, form: { ...spec.form, resource: "https://attacker.example/" } }),
      expect: { status: 400, error: "invalid_target" },
      stops: "A token names the API it is for. One made out for the attacker's API could be shown by it to others.",
      rule: "RFC 8707 section 2",
    },
  ],
};

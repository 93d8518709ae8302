// The OpenID Connect client, set up from what the server says about itself.
// `oidc` is the global of vendor/oidc-client-ts.min.js.
/* global oidc */

export const SCOPES = "openid profile email address phone offline_access notes:read notes:write";

/** The app's configuration: authority (the issuer), client_id and resource (the API). */
export async function loadConfiguration() {
  const answer = await fetch("config.json");
  if (!answer.ok) throw new Error("The app's configuration could not be read.");
  return answer.json();
}

/** A UserManager. Tokens live in sessionStorage: they end with the tab. */
export function createClient({ authority, client_id, resource }) {
  return new oidc.UserManager({
    authority,
    client_id,
    resource,
    scope: SCOPES,
    response_type: "code",
    redirect_uri: new URL("callback.html", document.baseURI).href,
    post_logout_redirect_uri: new URL("./", document.baseURI).href,
    loadUserInfo: true,
    automaticSilentRenew: false,
    monitorSession: false,
    userStore: new oidc.WebStorageStateStore({ store: window.sessionStorage }),
  });
}

/** What went wrong, in words for a person. */
export function explain(error) {
  if (error instanceof oidc.ErrorResponse) {
    const known = {
      access_denied: "You did not allow the access that was asked for.",
      login_required: "Your sign-in has ended. Sign in again.",
      invalid_grant: "Your sign-in has ended. Sign in again.",
      temporarily_unavailable: "The sign-in server is busy. Try again in a moment.",
    };
    const said = error.error_description ? `${error.error}: ${error.error_description}` : error.error;
    return known[error.error] ? `${known[error.error]} (${said})` : said;
  }
  if (error instanceof TypeError && /fetch|network/i.test(error.message)) {
    return "The server cannot be reached. Is it running?";
  }
  if (/no matching state/i.test(error.message)) {
    return "This sign-in was finished before, or began in another tab. Start again.";
  }
  return error.message || String(error);
}

// The app's initiate_login_uri: somebody else sends a person here to sign in (OpenID Connect Core section 4).
import { createClient, explain, loadConfiguration } from "./client.js";

/** A page of this app, and no other: whoever links to here chooses it. */
function pageOfThisApp(text) {
  const home = new URL("./", document.baseURI);
  const target = URL.canParse(text ?? "", home) ? new URL(text ?? "", home) : home;
  return target.origin === home.origin && target.pathname.startsWith(home.pathname) ? target.href : home.href;
}

try {
  const asked = new URLSearchParams(window.location.search);
  const configuration = await loadConfiguration();
  // Only the server this app knows, whatever the link says.
  if (asked.get("iss") !== configuration.authority) throw new Error("Another server asked for this sign-in.");
  await createClient(configuration).signinRedirect({
    login_hint: asked.get("login_hint") ?? undefined,
    state: { target: pageOfThisApp(asked.get("target_link_uri")) },
  });
} catch (error) {
  document.getElementById("loading").hidden = true;
  document.getElementById("error").textContent = explain(error);
  document.getElementById("failed").hidden = false;
}

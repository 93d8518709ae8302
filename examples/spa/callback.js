import { createClient, explain, loadConfiguration } from "./client.js";

try {
  const client = createClient(await loadConfiguration());
  const user = await client.signinRedirectCallback();
  // Back from the app must not come here again: the code is spent.
  window.location.replace(user.state?.target ?? "./");
} catch (error) {
  document.getElementById("loading").hidden = true;
  document.getElementById("error").textContent = explain(error);
  document.getElementById("failed").hidden = false;
}

// A person at a browser: keeps cookies, fills in forms, follows redirects as far as they stay at the issuer.

const MAX_REDIRECTS = 10;

export class Browser {
  #cookies = new Map();
  #url;
  #html = "";

  /** Opens a URL. Returns where the issuer sends the browser in the end, undefined while a page of its own shows. */
  async open(url) {
    return this.#follow(new URL(url), { method: "GET" });
  }

  /** Presses a button of the page, with its form filled in. Returns what open does. */
  async press(name, value, fields = {}) {
    const button = `<button[^>]* name="${name}" value="${value}"`;
    const form = this.#html.split("<form ").slice(1).find((part) => new RegExp(button).test(part.split("</form>")[0]));
    if (!form) throw new Error(`There is no button ${name}=${value} at ${this.#url}: ${this.#html}`);
    const hidden = [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map((match) => match.slice(1));
    const body = new URLSearchParams([...hidden, ...Object.entries(fields), [name, value]]);
    return this.#follow(new URL(form.match(/action="([^"]*)"/)[1], this.#url), { method: "POST", body });
  }

  /** Signs in and consents where asked. Returns the redirect to the app, or what is posted to it. */
  async authorize(url, { login, password }) {
    let location = await this.open(url);
    if (this.#url.pathname === "/login") location = await this.press("action", "sign_in", { login, password });
    if (this.#url.pathname === "/consent") location = await this.press("decision", "allow");
    location ??= this.#posted();
    if (!location) throw new Error(`Still at ${this.#url}: ${this.#html}`);
    return location;
  }

  /** Opens a device's verification_uri_complete, compares the code, signs in and decides. */
  async connect(url, { login, password }, decision) {
    await this.open(url);
    await this.press("action", "continue", { user_code: url.searchParams.get("user_code") });
    if (this.#url.pathname === "/login") await this.press("action", "sign_in", { login, password });
    await this.press("decision", decision);
  }

  /** The request that the form of the page makes, where that is the app's (form_post). */
  #posted() {
    const action = this.#html.match(/<form method="post" action="([^"]*)"/)?.[1] ?? "";
    if (!action.startsWith("http")) return undefined;
    const hidden = [...this.#html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
    return new Request(action, { method: "POST", body: new URLSearchParams(hidden.map((match) => match.slice(1))) });
  }

  get path() {
    return this.#url.pathname;
  }

  async #follow(url, request) {
    for (let hop = 0; hop < MAX_REDIRECTS; hop += 1) {
      const cookie = [...this.#cookies].map((pair) => pair.join("=")).join("; ");
      const answer = await fetch(url, { ...request, headers: { cookie }, redirect: "manual" });
      this.#keep(answer.headers.getSetCookie());
      this.#url = url;
      this.#html = await answer.text();
      if (answer.status !== 303) return undefined;
      const next = new URL(answer.headers.get("location"), url);
      if (next.origin !== url.origin) return next;
      [url, request] = [next, { method: "GET" }];
    }
    throw new Error("Too many redirects.");
  }

  #keep(lines) {
    for (const line of lines) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      if (/max-age=0(;|$)/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}

"""A person's browser: cookies, forms and redirects, without a screen."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from tests.support.http import Answer, Caller, Fields, encode
from tests.support.tenant import Person

MAX_REDIRECTS = 10


@dataclass
class Browser:
    """Keeps cookies, follows redirects inside the issuer, and stops where they lead out of it."""

    caller: Caller
    cookies: dict[str, str] = field(default_factory=dict)
    page: Answer | None = None
    url: str = ""
    accept_language: str = ""

    def open(self, path: str, fields: Fields | None = None) -> Answer:
        """A GET, and the redirects after it. Returns the page, or the redirect that leaves the issuer."""
        query = encode(fields or {})
        separator = "&" if "?" in path else "?"
        return self._follow(self._send("GET", path + (separator + query if query else "")))

    def submit(self, path: str, fields: Fields) -> Answer:
        """A POST of a form, and the redirects after it."""
        return self._follow(self._send("POST", path, encode(fields).encode()))

    def fill(self, button: tuple[str, str], **fields: str) -> Answer:
        """Fills in the form of the page that has this button, and presses it."""
        assert self.page is not None
        for form in forms(self.page.body):
            if button in form.buttons:
                return self.submit(form.action, {**form.fields, **fields, button[0]: button[1]})
        raise AssertionError(f"no button {button} on {self.url}")

    def sign_in(self, person: Person, *, password: str | None = None) -> Answer:
        typed = person.password if password is None else password
        return self.fill(("action", "sign_in"), login=person.login, password=typed)

    def consent(self, decision: str = "allow") -> Answer:
        return self.fill(("decision", decision))

    def authorize(self, person: Person, fields: Fields) -> Answer:
        """An authorization request, signed in and consented where asked; the redirect to the client."""
        answer = self.open("/authorize", fields)
        if self.at("/login"):
            answer = self.sign_in(person)
        if self.at("/consent"):
            answer = self.consent()
        assert answer.status == 303, answer.body
        return answer

    def at(self, path: str) -> bool:
        """Whether a page of this path is shown."""
        return self.page is not None and self.page.status == 200 and urlsplit(self.url).path == path

    def _send(self, method: str, target: str, body: bytes = b"") -> Answer:
        headers = {"content-type": "application/x-www-form-urlencoded"} if method == "POST" else {}
        if self.accept_language:
            headers["accept-language"] = self.accept_language
        answer = self.caller.send(method, target, headers=headers, cookies=self.cookies, body=body)
        self.url = target
        for line in answer.cookies:
            name, _, rest = line.partition("=")
            value, _, attributes = rest.partition(";")
            if "max-age=0" in attributes.lower().replace(" ", ""):
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return answer

    def _follow(self, answer: Answer) -> Answer:
        for _ in range(MAX_REDIRECTS):
            self.page = answer
            target = answer.headers.get("location")
            if target is None or answer.status != 303:
                return answer
            own = target.removeprefix(self.caller.issuer)
            if not own.startswith("/"):
                return answer
            answer = self._send("GET", own)
        raise AssertionError("too many redirects")


@dataclass
class Form:
    """A form of a page: where it goes, its fields with their values, its buttons."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            assert values["method"].lower() == "post"
            self.found.append(Form(values["action"]))
        elif tag == "input" and "name" in values:
            self.found[-1].fields[values["name"]] = values.get("value", "")
        elif tag == "button" and "name" in values:
            self.found[-1].buttons.append((values["name"], values.get("value", "")))


def forms(html: str) -> list[Form]:
    """Every form of a page."""
    parser = _Forms()
    parser.feed(html)
    return parser.found

"""The pages of signing out: the question, and what came of it."""

from collections.abc import Mapping, Sequence

from chalicelib.pages.display_text import display_text
from chalicelib.pages.form_action import form_action
from chalicelib.pages.look import Look, Text
from chalicelib.pages.notice import notice_page
from chalicelib.pages.page import Link, Page, check_href, render


def logout_page(
    *,
    look: Look,
    tenant_name: str,
    person: str,
    client_name: str | None,
    csrf: str,
    fields: Mapping[str, str],
    post_logout_redirect_uri: str | None = None,
) -> Page:
    """POSTs to /end_session: csrf, decision (sign_out, sign_out_everywhere, stay), and `fields` carried on as
    they are.

    `post_logout_redirect_uri`, where one was checked, is where the POST will redirect to.
    """
    name = None if client_name is None else look.client_name(client_name)
    asks = [] if name is None else [Text("{client} asks to sign you out.", {"client": name})]
    ends = {"person": display_text(person), "tenant": display_text(tenant_name)}
    return render(
        "logout.html",
        look=look,
        form_action=form_action(post_logout_redirect_uri),
        tenant_name=tenant_name,
        lead=look.paragraph([*asks, Text("This signs {person} out of {tenant} in this browser.", ends)]),
        csrf=csrf,
        fields=fields,
    )


def signed_out_page(
    *, look: Look, tenant_name: str, way_on: Link | None = None, everywhere: bool = False
) -> Page:
    """The session is over, or every one of the person."""
    title, ended = _ended(tenant_name, everywhere=everywhere)
    return notice_page(look=look, tenant_name=tenant_name, title=title, message=[ended], way_on=way_on)


def _ended(tenant_name: str, *, everywhere: bool) -> tuple[Text, Text]:
    """What is over, as a title and as a sentence."""
    tenant = {"tenant": display_text(tenant_name)}
    if everywhere:
        told = Text("You are no longer signed in to {tenant} in any browser.", tenant)
        return Text("You are signed out everywhere"), told
    return Text("You are signed out"), Text(
        "You are no longer signed in to {tenant} in this browser.", tenant
    )


# The page's load waits for every frame in it (HTML section 4.8.5); one that does not end is not waited for.
SCRIPT = """
function leave() {
  const onward = document.getElementById("onward");
  if (onward) location.replace(onward.href);
}
addEventListener("load", leave);
setTimeout(leave, 4000);
""".strip()


def told_page(
    *, look: Look, tenant_name: str, frames: Sequence[str], location: str | None, everywhere: bool = False
) -> Page:
    """The session is over, or every one of the person, and clients are told of it at `frames` (OpenID Connect
    Front-Channel Logout section 3), before the browser goes on to `location`: by a script once they were,
    else after some seconds, or by a link.
    """
    title, ended = _ended(tenant_name, everywhere=everywhere)
    message = [ended]
    if location is not None:
        message.append(Text("If nothing happens, press Continue."))
    return render(
        "told.html",
        look=look,
        tenant_name=tenant_name,
        script=SCRIPT,
        frames=frames,
        title=title,
        message=look.paragraph(message),
        way_on=None,
        onward=None if location is None else _checked(location),
    )


def _checked(location: str) -> str:
    """A post_logout_redirect_uri: on the web, or of an app's own scheme, which has a dot (RFC 8252 section
    7.1). Raises ValueError for any other, which would run in this page.
    """
    scheme = location.partition(":")[0]
    if "." not in scheme or "/" in scheme:
        check_href(location)
    return location


def stayed_page(*, look: Look, tenant_name: str, way_on: Link | None = None) -> Page:
    """The session goes on."""
    return notice_page(
        look=look,
        tenant_name=tenant_name,
        title=Text("You are still signed in"),
        message=[Text("Nothing has changed. You can close this page.")],
        way_on=way_on,
    )

"""What a person is asked when a device is to be connected (RFC 8628 section 3.3)."""

from urllib.parse import urlencode

from chalicelib.accounts.user import User
from chalicelib.composition.asked_lines import resource_lines, scope_lines
from chalicelib.composition.look import name_of
from chalicelib.composition.open_interaction import OpenInteraction
from chalicelib.pages.device import Asked, device_page
from chalicelib.pages.page import Page
from chalicelib.protocol.device_authorization_request import DeviceAuthorizationRequest
from chalicelib.protocol.user_code import shown_user_code


def question(
    opened: OpenInteraction,
    asked: DeviceAuthorizationRequest,
    user: User,
    user_code: str,
    *,
    tenant_name: str,
    when: Asked,
    csrf: str,
) -> Page:
    """What connects, what it gets, and the code to compare."""
    return device_page(
        look=opened.look,
        tenant_name=tenant_name,
        client_name=name_of(asked.client, opened.look),
        client_uri=asked.client.client_uri,
        user_code=shown_user_code(user_code),
        person=user.display_name,
        asked=when,
        interaction=opened.interaction_id,
        csrf=csrf,
        scopes=scope_lines(asked.scope, asked.servers),
        resources=resource_lines(asked.servers),
        switch_url="/login?" + urlencode({"interaction": opened.interaction_id}),
        unverified=asked.client.unverified,
        document_uri=asked.client.document_uri,
    )

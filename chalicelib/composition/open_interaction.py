"""An interaction under way, as the login, consent and device pages find it."""

from chalicelib.accounts.session import Session
from chalicelib.accounts.user import User
from chalicelib.composition.authorization_state import AuthorizationStates, authorization_states
from chalicelib.composition.clients import known_clients
from chalicelib.composition.look import look_of, note_wishes_of
from chalicelib.composition.resource_servers import resource_servers
from chalicelib.gateway.cookies import BROWSER, read_cookie
from chalicelib.gateway.environment import settings
from chalicelib.gateway.form import query_or_form_parameters
from chalicelib.gateway.request import Request
from chalicelib.pages.look import Look
from chalicelib.protocol.authorization_request import AuthorizationRequest, check_again
from chalicelib.protocol.client import Clients
from chalicelib.protocol.errors import InvalidRequest
from chalicelib.protocol.interaction import (
    Interaction,
    Kind,
    check_csrf_token,
    check_interaction,
    csrf_token,
)
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.resource import ResourceServers
from chalicelib.protocol.settings import Settings
from chalicelib.record import Record


class OpenInteraction(Record, kw_only=True):
    """What a page works with: the form that came, what it is about, who is there. `request` is the
    authorization request that waits, None where it is a device that does; `look` is how the person sees
    its pages.
    """

    interaction_id: str
    interaction: Interaction
    browser: str
    form: Parameters
    look: Look
    request: AuthorizationRequest | None
    session: Session | None
    user: User | None

    @property
    def interaction_hash(self) -> str:
        return self.interaction.interaction_hash

    @property
    def authorization(self) -> AuthorizationRequest:
        """The authorization request. Raises InvalidRequest where there is none."""
        if self.request is None:
            raise InvalidRequest("This sign-in is not known any more.", reason="interaction_unknown")
        return self.request

    def csrf(self, page: str) -> str:
        """What the form of this page must send back; `page` also names whatever else it is bound to."""
        return csrf_token(browser=self.browser, purpose=f"{page} {self.interaction_hash}")

    def check_csrf(self, page: str) -> None:
        """Raises InvalidRequest where the form was not sent from this page, interaction and browser."""
        purpose = f"{page} {self.interaction_hash}"
        check_csrf_token(self.form.get("csrf"), browser=self.browser, purpose=purpose)


class OpenInteractions(Record, kw_only=True):
    """Opens the interaction a request to a page names."""

    settings: Settings
    clients: Clients
    resource_servers: ResourceServers
    states: AuthorizationStates

    def open(
        self, request: Request, *, now: int, kinds: tuple[Kind, ...] = ("authorization",)
    ) -> OpenInteraction:
        """Raises InvalidRequest where there is no such interaction of this browser, or where it is over."""
        form = query_or_form_parameters(request)
        form.check_none_repeated()
        interaction_id = form.require("interaction")
        browser = read_cookie(request, BROWSER, settings=self.settings)
        state = self.states.read(request, now=now, interaction_id=interaction_id)
        note_wishes_of(request, state.interaction)
        interaction = check_interaction(state.interaction, browser=browser, now=now, kinds=kinds)
        waiting = self._request(interaction)
        if waiting is not None:
            request.facts["client_id"] = waiting.client.client_id
        return OpenInteraction(
            interaction_id=interaction_id,
            interaction=interaction,
            browser=browser or "",
            form=form,
            look=look_of(request),
            request=waiting,
            session=state.session,
            user=state.user,
        )

    def _request(self, interaction: Interaction) -> AuthorizationRequest | None:
        if interaction.kind != "authorization":
            return None
        return check_again(
            Parameters(interaction.parameters),
            clients=self.clients,
            resource_servers=self.resource_servers,
            settings=self.settings,
        )


def open_interactions() -> OpenInteractions:
    """Over the stack's tables; made once an instance."""
    return OpenInteractions(
        settings=settings(),
        clients=known_clients(),
        resource_servers=resource_servers(),
        states=authorization_states(),
    )

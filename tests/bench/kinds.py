"""Every kind of request whose cost is watched, and the calls to AWS it may make."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.bench import devices, documents, exchanges, pages, registrations, sealed, tokens
from tests.bench.sending import Sending
from tests.bench.wire import Calls
from tests.bench.world import World


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of request: `prepare` does all that comes before it and says what is sent.

    `target_ms` is what the handler's own CPU time, without AWS, should be.
    """

    name: str
    prepare: Callable[[World], Sending]
    budget: Calls
    target_ms: float | None = None


# The calls are the fewest with which the rules can be kept.
KINDS = (
    Kind("token client_credentials", tokens.client_credentials, Calls(0, 1), 0.20),
    Kind("token client_credentials, private_key_jwt", tokens.private_key_jwt, Calls(1, 1)),
    # The secret is decrypted once a minute and instance.
    Kind("token client_credentials, client_secret_jwt", tokens.client_secret_jwt, Calls(1, 1)),
    Kind("token authorization_code", tokens.code, Calls(1, 1), 0.35),
    Kind("token authorization_code, openid", tokens.code_openid, Calls(1, 2), 0.35),
    # The person, whose email the client asked for in the ID token.
    Kind("token authorization_code, claims in the ID token", tokens.code_claims, Calls(2, 2)),
    Kind("token refresh_token, rotating", tokens.refresh_rotating, Calls(1, 1), 0.30),
    Kind("token refresh_token, rotating, openid", tokens.refresh_rotating_openid, Calls(1, 2), 0.30),
    Kind("token refresh_token", tokens.refresh, Calls(1, 1), 0.30),
    Kind("token refresh_token, client known by its URL", documents.refresh, Calls(1, 1)),
    Kind("token refresh_token, openid", tokens.refresh_openid, Calls(1, 2), 0.30),
    # The token's client, the one it was granted to, its grant, the person and its revocation in one read.
    Kind("token token_exchange", exchanges.token_exchange, Calls(1, 1)),
    Kind("token on behalf of", exchanges.on_behalf_of, Calls(1, 1)),
    # The person, and the grant that the assertion begins, by which it is used up.
    Kind("token jwt_bearer", exchanges.jwt_bearer, Calls(2, 1)),
    # The person.
    Kind("token token_exchange, identity grant", exchanges.id_jag, Calls(1, 1)),
    # The password, three attempts counted, the person; the grant, and the three attempts cleared; the person
    # once more.
    Kind("token password", tokens.password, Calls(10, 1)),
    # The person's state; the token signed, and its grant written.
    Kind("authorization response_type=token", pages.implicit, Calls(2, 1)),
    # What the scope gives is in the ID token, out of the state that was read anyhow.
    Kind("authorization response_type=id_token", pages.id_token, Calls(2, 1)),
    Kind("authorization response_type=code id_token", pages.hybrid, Calls(2, 1)),
    Kind("authorization response_type=code id_token token", pages.hybrid_with_token, Calls(2, 2)),
    Kind("authorization response_mode=form_post", pages.form_post, Calls(2, 0)),
    # What a device is told while nobody has decided, and its tokens, are one write each; a poll that comes
    # too soon is refused by one, and made to wait longer by another.
    Kind("token device_code, pending", devices.pending, Calls(1, 0)),
    Kind("token device_code, too soon", devices.too_soon, Calls(2, 0)),
    Kind("token device_code", devices.redeemed, Calls(1, 1)),
    Kind("token device_code, openid", devices.redeemed_openid, Calls(1, 2)),
    # The user code, the grant.
    Kind("device authorization", devices.authorization, Calls(2, 0)),
    Kind("device page", devices.code_page, Calls(0, 0)),
    Kind("device code entered", devices.code_entered, Calls(1, 0)),
    # The interaction with the session, two attempts counted, the code, the grant, two attempts taken back;
    # and the decision.
    Kind("device question", devices.question, Calls(7, 0)),
    Kind("device decision", devices.decision, Calls(8, 0)),
    # An item in the place of a signature.
    Kind("token client_credentials, opaque", tokens.opaque, Calls(1, 0)),
    Kind("token refresh_token, opaque, openid", tokens.refresh_opaque_openid, Calls(2, 1)),
    Kind("introspection", tokens.introspection, Calls(1, 0), 0.15),
    Kind("introspection of a token not seen before", tokens.introspection_of_new_token, Calls(1, 0)),
    # The token, by whose claims the others are found; from then on with them.
    Kind("introspection, opaque token", tokens.introspection_of_opaque_token, Calls(1, 0)),
    Kind("introspection, opaque, not seen before", tokens.introspection_of_new_opaque, Calls(2, 0)),
    Kind("introspection as a JWT", tokens.introspection_as_jwt, Calls(1, 1)),
    Kind("userinfo", tokens.userinfo, Calls(1, 0)),
    # The client's secret is kept for a minute, its keys are in its record.
    Kind("token refresh_token, openid, HS256", sealed.refresh_by_secret, Calls(1, 1)),
    Kind("token refresh_token, openid, encrypted", sealed.refresh_encrypted, Calls(1, 2)),
    Kind("userinfo, HS256", sealed.userinfo_by_secret, Calls(1, 0)),
    Kind("userinfo, signed and encrypted", sealed.userinfo_encrypted, Calls(1, 1)),
    Kind("revocation of an access token", tokens.revocation_of_access_token, Calls(1, 0)),
    Kind("revocation of an opaque token", tokens.revocation_of_opaque_token, Calls(1, 0)),
    Kind("revocation of a refresh token", tokens.revocation_of_refresh_token, Calls(1, 0)),
    Kind("authorization with session and consent", pages.authorization_granted, Calls(2, 0)),
    # The client's keys are in its record.
    Kind("authorization, signed request object", pages.authorization_signed, Calls(2, 0)),
    Kind(
        "authorization, encrypted request object", pages.authorization_encrypted, Calls(2, 0, kms_decrypt=1)
    ),
    Kind("authorization without session", pages.authorization_anonymous, Calls(1, 0)),
    # As any other, once an instance has read the document; before, the document with the client's record.
    Kind("authorization, client known by its URL", documents.authorization, Calls(2, 0)),
    Kind("authorization, client's URL not seen before", documents.authorization_of_new_url, Calls(3, 0)),
    Kind("login page", pages.login_page, Calls(1, 0)),
    # The interaction, the password, the attempt; the person while Argon2 works; the attempt again and the
    # session at once. Of a new browser attempts count under three keys, and it is remembered: the reads and
    # the counts wait for each other, the five writes at the end do not, so it waits six times.
    Kind("login, known browser", pages.login_known_browser, Calls(6, 0)),
    Kind("login, new browser", pages.login_new_browser, Calls(11, 0)),
    Kind("consent page", pages.consent_page, Calls(1, 0)),
    # The interaction with the session, the consent (whose client only the interaction names), a write.
    Kind("consent", pages.consent, Calls(3, 0)),
    Kind("authorization resumed", pages.authorization_resumed, Calls(3, 0)),
    # The session, its grants, one write a grant of it (here one), the session again; its grants once more,
    # when no new ones can be made. One event for the function that tells clients, whatever their hosts do.
    Kind("end_session", pages.end_session, Calls(5, 0, invocations=1)),
    Kind("end_session, offline_access", pages.end_session_with_offline_access, Calls(5, 0, invocations=1)),
    # The token, its use, the client.
    Kind("registration, by a token", registrations.by_a_token, Calls(3, 0)),
    # The secret is encrypted, as an HMAC needs it again.
    Kind("registration, client_secret_jwt", registrations.by_hmac, Calls(3, 0, kms_encrypt=1)),
    Kind("registration, known already", registrations.known, Calls(1, 0)),
    Kind("registration read", registrations.read, Calls(1, 0)),
    Kind("registration replaced", registrations.replaced, Calls(2, 0)),
    Kind("registration replaced, to client_secret_jwt", registrations.to_hmac, Calls(2, 0, kms_encrypt=1)),
    Kind("registration replaced, client_secret_jwt", registrations.replaced_by_hmac, Calls(2, 0)),
    Kind("registration deleted", registrations.deleted, Calls(2, 0)),
    Kind("metadata", pages.metadata, Calls(0, 0)),
    Kind("webfinger", pages.webfinger, Calls(0, 0)),
    Kind("jwks", pages.jwks, Calls(0, 0), 0.05),
)

"""The ports Interactions, UsedAssertions and RevokedTokens: what lives for minutes."""

from chalicelib.aws.calls import batch_get_items
from chalicelib.aws.clients import ClientStore
from chalicelib.aws.grants import GrantStore
from chalicelib.aws.opaque_tokens import OpaqueTokenStore
from chalicelib.aws.requests import PURGE_AFTER, AssertionStore, InteractionStore, RevokedTokenStore
from chalicelib.aws.token_status import TokenStatusStore
from chalicelib.aws.users import UserStore
from chalicelib.protocol.access_token import AccessToken
from chalicelib.protocol.interaction import Interaction
from tests.stores.fresh import NOW, active, name, table
from tests.support.tenant import Table, Tenant


def test_an_interaction_is_kept_with_its_parameters() -> None:
    store = InteractionStore(table("Requests"))
    made = Interaction(
        interaction_hash=name(),
        browser_hash=name(),
        parameters={"scope": ("openid read",), "resource": ("https://a.example/", "https://b.example/")},
        exp=NOW,
    )
    store.put(made)
    assert store.get(made.interaction_hash) == made
    assert store.get(name()) is None
    kept = Table(table("Requests")).find(interaction_hash=made.interaction_hash)
    assert kept["purge_at"] == NOW + PURGE_AFTER


def use(
    jti: str, *, client_id: str = "client-a", attempt: str = "", exp: int = NOW + 60, now: int = NOW
) -> bool:
    store = AssertionStore(table("Requests"))
    return store.use(client_id=client_id, jti=jti, attempt=attempt or name(), exp=exp, now=now)


def test_an_assertion_is_used_once() -> None:
    jti = name()
    assert use(jti)
    assert not use(jti)
    assert not use(jti, now=NOW + 59)


def test_a_retry_of_one_attempt_finds_its_own() -> None:
    jti = name()
    assert use(jti, attempt="mine")
    assert use(jti, attempt="mine")
    assert not use(jti, attempt="another's")


def test_each_client_has_its_own_names_for_assertions() -> None:
    jti = name()
    assert use(jti, client_id="a")
    assert use(jti, client_id="b")
    assert use("y", client_id=f"{jti}x")
    assert use("xy", client_id=jti), "where the client's name ends counts"


def test_a_name_may_come_again_when_the_assertion_has_expired() -> None:
    jti = name()
    assert use(jti)
    assert not use(jti, now=NOW + 59)
    assert use(jti, now=NOW + 60, exp=NOW + 120)
    assert not use(jti, now=NOW + 61)


def test_any_text_names_an_assertion() -> None:
    for jti in ("ключ" + name(), "a" * 256 + name(), "\ud800" + name()):
        assert use(jti)
        assert not use(jti)


def token(grant_id: str | None, sub: str = "person-a") -> AccessToken:
    return AccessToken(
        jti=name(), grant_id=grant_id, sub=sub, client_id="client-a", granted_to="client-a", audience=(),
        scope=(), iat=0, exp=NOW, claims={},
    )  # fmt: skip


def test_a_token_is_told_with_its_grant_its_revocation_and_its_person() -> None:
    grant, person = active(), Tenant().person()
    revoked = RevokedTokenStore(table("Requests"))
    status = TokenStatusStore(
        clients=ClientStore(table("Clients")),
        grants=GrantStore(table("Grants")),
        opaque_tokens=OpaqueTokenStore(table("Requests")),
        revoked_tokens=revoked,
        users=UserStore(table("Users")),
    )
    with_grant, without = token(grant.grant_id, person.sub), token(None, "nobody")
    assert (status.read(with_grant).grant, status.read(with_grant).revoked) == (grant, False)
    assert (status.read(without).grant, status.read(without).revoked) == (None, False)
    for each in (with_grant, without):
        revoked.put(jti=each.jti, exp=each.exp)
        assert status.read(each).revoked
    found = status.read(with_grant)
    assert found.user is not None
    assert (found.grant, found.user.sub) == (grant, person.sub)
    assert status.read(without).user is None


def test_one_batched_read_answers_in_the_order_asked() -> None:
    grants = [active() for _ in range(3)]
    store = GrantStore(table("Grants"))
    keys = [store.key(grant.grant_id) for grant in grants]
    items = batch_get_items([keys[2], store.key(name()), keys[0], keys[1]])
    assert [store.record(item) for item in items] == [grants[2], None, grants[0], grants[1]]

"""OpenID Connect Front-Channel Logout: which clients of a session are told, and where."""

from collections.abc import Mapping

from chalicelib.protocol.client import Client
from chalicelib.protocol.frontchannel_logout import MAX_FRAMES, frontchannel_logout_uris
from chalicelib.protocol.grant import Grant
from chalicelib.protocol.subject import Subjects

ISSUER = "https://login.example.com"


class Known:
    def __init__(self, clients: Mapping[str, Client]) -> None:
        self._clients = clients

    def get(self, client_id: str) -> Client | None:
        return self._clients.get(client_id)

    look_again = get


def client(client_id: str, *, uri: str | None = None, since: int = 0) -> Client:
    return Client(
        client_id=client_id,
        client_name="App",
        token_endpoint_auth_method="none",
        frontchannel_logout_uri=uri,
        client_id_issued_at=since,
    )


def grant(client_id: str, *, sid: str | None = "s 1", at: int = 1000) -> Grant:
    return Grant(
        grant_id=f"{client_id}-{at}",
        state="revoked",
        client_id=client_id,
        sub="ada",
        scope=("openid",),
        resources=(),
        exp=at,
        code_exp=at,
        refresh_until=at,
        created_at=at,
        sid=sid,
    )


def told(grants: list[Grant], *clients: Client) -> tuple[str, ...]:
    known = Known({one.client_id: one for one in clients})
    return frontchannel_logout_uris(grants, clients=known, subjects=Subjects(bytes), issuer=ISSUER)


def test_one_frame_for_each_client_and_session_the_newest_first() -> None:
    first, second = client("a", uri="https://a.example/out"), client("b", uri="https://b.example/?x")
    grants = [grant("a", at=1), grant("b", at=2), grant("a", at=3), grant("a", sid="s2", at=0)]
    assert told(grants, first, second) == (
        "https://a.example/out?iss=https%3A%2F%2Flogin.example.com&sid=s%201",
        "https://b.example/?x&iss=https%3A%2F%2Flogin.example.com&sid=s%201",
        "https://a.example/out?iss=https%3A%2F%2Flogin.example.com&sid=s2",
    )


def test_who_is_gone_or_asks_for_nothing_or_had_no_session_is_not_told() -> None:
    asks_nothing, asks = client("quiet"), client("asks", uri="https://a.example/")
    assert told([grant("gone"), grant("quiet"), grant("asks", sid=None)], asks_nothing, asks) == ()


def test_who_took_the_name_of_a_deleted_client_is_not_told_of_its_sessions() -> None:
    anew = client("a", uri="https://evil.example/", since=5000)
    assert told([grant("a", at=1000)], anew) == ()
    assert len(told([grant("a", at=5000)], anew)) == 1


def test_a_page_has_so_many_frames_and_no_more() -> None:
    clients = [client(str(number), uri=f"https://a.example/{number}") for number in range(MAX_FRAMES + 3)]
    found = told([grant(one.client_id, at=int(one.client_id)) for one in clients], *clients)
    assert len(found) == MAX_FRAMES
    assert found[0].startswith(f"https://a.example/{MAX_FRAMES + 2}?")

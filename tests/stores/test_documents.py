"""The port Documents: whose turn it is to fetch, what is kept, and how many fetches there were."""

import pytest

from chalicelib.aws.metadata_documents import DocumentStore
from chalicelib.protocol.metadata_document import MINUTE, PAUSE, KeptDocument
from tests.stores.fresh import NOW, name, table
from tests.support.client_documents import document
from tests.support.race import at_once


@pytest.fixture
def documents() -> DocumentStore:
    return DocumentStore(table("Documents"))


@pytest.fixture
def url() -> str:
    return f"https://harbour.example/{name()}"


def kept(url: str, *, now: int = NOW) -> KeptDocument:
    return KeptDocument(
        client_id=url,
        document=document(url, jwks={"keys": [{"kty": "EC"}]}),
        fetched_at=now,
        fresh_until=now + 600,
        kept_until=now + 10_000,
    )


def take(documents: DocumentStore, url: str, *, now: int = NOW, known: bool = False) -> bool:
    return documents.turn(url, known=known, attempt=name(), now=now).mine


def test_what_is_kept_is_found_until_its_end(documents: DocumentStore, url: str) -> None:
    assert documents.look(url, now=NOW).kept is None
    documents.keep(kept(url), now=NOW + 1)
    found = documents.look(url, now=NOW + 9_999)
    assert found.kept == kept(url)
    assert found.kept.document == kept(url).document
    assert (found.mine, found.began_at, found.ended_at) == (False, NOW, NOW + 1)
    # It decides by itself: whether the item was swept makes no difference.
    assert documents.look(url, now=NOW + 10_000).kept is None


def test_one_has_the_turn_and_the_next_after_a_pause(documents: DocumentStore, url: str) -> None:
    assert take(documents, url)
    other = documents.turn(url, known=False, attempt=name(), now=NOW + PAUSE - 1)
    assert (other.mine, other.began_at, other.ended_at) == (False, NOW, 0)
    documents.end(url, now=NOW + 2)
    assert documents.look(url, now=NOW + 2).ended_at == NOW + 2
    assert not take(documents, url, now=NOW + PAUSE - 1)
    assert take(documents, url, now=NOW + PAUSE)


def test_a_turn_that_was_given_back_is_free(documents: DocumentStore, url: str) -> None:
    assert take(documents, url)
    documents.give_back(url)
    assert take(documents, url)


def test_a_turn_whose_answer_was_lost_is_still_ones_own(documents: DocumentStore, url: str) -> None:
    attempt = name()
    for _ in range(2):
        assert documents.turn(url, known=False, attempt=attempt, now=NOW).mine


def test_a_turn_leaves_what_is_kept(documents: DocumentStore, url: str) -> None:
    documents.keep(kept(url), now=NOW)
    turn = documents.turn(url, known=True, attempt=name(), now=NOW + PAUSE)
    assert turn.mine
    assert turn.kept == kept(url)
    documents.end(url, now=NOW + PAUSE)
    assert documents.look(url, now=NOW + PAUSE).kept == kept(url)


def test_only_what_is_kept_is_known(documents: DocumentStore, url: str) -> None:
    assert not take(documents, url, known=True)
    assert documents.look(url, now=NOW).began_at == 0
    documents.keep(kept(url), now=NOW)
    assert not take(documents, url, known=True, now=NOW + 10_000)
    assert take(documents, url, known=True, now=NOW + 9_999)


def test_what_was_swept_meanwhile_is_not_made_anew_by_its_end(documents: DocumentStore, url: str) -> None:
    documents.end(url, now=NOW)
    documents.give_back(url)
    assert documents.look(url, now=NOW).began_at == 0


def test_of_many_at_once_one_has_the_turn(documents: DocumentStore, url: str) -> None:
    assert at_once(lambda: take(documents, url), 12).count(True) == 1


def test_so_many_are_counted_in_a_minute_and_no_more(documents: DocumentStore) -> None:
    key, minute = f"new {name()}", NOW - NOW % MINUTE

    def counted(now: int) -> bool:
        return documents.count(key, limit=2, now=now)

    assert [counted(minute), counted(minute + MINUTE - 1), counted(minute + 1)] == [True, True, False]
    assert counted(minute + MINUTE)
    assert documents.count(f"other {key}", limit=2, now=minute)


def test_of_many_at_once_so_many_are_counted(documents: DocumentStore) -> None:
    key = f"new {name()}"
    assert at_once(lambda: documents.count(key, limit=5, now=NOW), 12).count(True) == 5


def test_documents_are_listed_and_forgotten_for_whoever_administers_them(
    documents: DocumentStore, url: str
) -> None:
    documents.keep(kept(url), now=NOW)
    assert kept(url) in list(documents.all(now=NOW))
    assert kept(url) not in list(documents.all(now=NOW + 10_000))
    assert kept(url) not in list(documents.all(now=NOW, after=url))
    assert documents.forget(url, now=NOW)
    found = documents.look(url, now=NOW).kept
    assert found is not None
    assert (found.fresh_until, found.kept_until) == (0, NOW + 10_000)
    assert take(documents, url, known=True)
    assert not documents.forget(f"{url}/other", now=NOW)

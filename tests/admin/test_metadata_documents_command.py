"""python -m infra.admin metadata-documents."""

import time

from tests.admin.conftest import Run
from tests.admin.operators_aws import OperatorsAws
from tests.stores.fresh import name
from tests.support.client_documents import keep
from tests.support.security_events import assert_valid
from tests.support.tenant import Tenant


def test_documents_are_listed_shown_and_forgotten(run: Run, tenant: Tenant) -> None:
    url = f"https://harbour.example/{name()}"
    keep(tenant, url)
    listed = run("metadata-documents", "list", "--limit", "0", "--json").json["metadata_documents"]
    (found,) = [one for one in listed if one["client_id"] == url]
    assert found["document"]["client_name"] == "Harbour"
    assert url in run("metadata-documents", "list", "--limit", "0").out
    shown = run("metadata-documents", "show", url)
    for words in (url, "Harbour", "https://app.example.com/callback", "fresh_until"):
        assert words in shown.out
    assert "is fetched anew" in run("metadata-documents", "forget", url).said
    after = run("metadata-documents", "show", url, "--json").json
    assert after["fresh_until"] == 0 < time.time() < after["kept_until"]
    assert "forgotten" in run("metadata-documents", "show", url).out
    tenant.table("Documents").delete(id=f"document#{url}")


def test_what_is_forgotten_is_told_to_the_audit_trail_and_what_is_not_is_not(
    run: Run, tenant: Tenant, aws: OperatorsAws
) -> None:
    url = f"https://harbour.example/{name()}"
    keep(tenant, url)
    run("metadata-documents", "show", url)
    run("metadata-documents", "forget", "https://harbour.example/never", code=1)
    assert aws.events == []
    run("metadata-documents", "forget", url)
    (event,) = aws.events
    assert (event["type"], event["client_id"]) == ("metadata_document_forgotten", url)
    assert event["actor"]["kind"] == "operator"
    assert_valid(event)
    tenant.table("Documents").delete(id=f"document#{url}")


def test_what_was_never_fetched_is_said(run: Run) -> None:
    for command in ("show", "forget"):
        refused = run("metadata-documents", command, "https://harbour.example/never", code=1)
        assert "There is no metadata document of https://harbour.example/never." in refused.said

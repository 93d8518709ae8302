"""Custom::KeyturnClient with OpenID Connect's members, as CloudFormation hands them over: all as text."""

from chalicelib.aws.pairwise_salt import ITEM_ID
from tests.operations.conftest import Records, app_client
from tests.support.cloudformation import CloudFormation
from tests.support.unmade_salt import unmade_salt


def test_numbers_and_booleans_are_read_out_of_text(app: CloudFormation, records: Records) -> None:
    declared = app_client(
        default_max_age="3600",
        require_auth_time="true",
        backchannel_logout_session_required="false",
        default_acr_values=["b", "a"],
        request_uris=["https://notes.example.com/request"],
    )
    assert app.create({"App": declared}) == "CREATE_COMPLETE", app.reasons
    record = records.client(app.ref("App"))
    assert record
    assert (record["default_max_age"], record["require_auth_time"]) == (3_600, True)
    assert record["default_acr_values"] == ["b", "a"]
    assert "backchannel_logout_session_required" not in record
    assert app.update({"App": app_client()}) == "UPDATE_COMPLETE", app.reasons
    record = records.client(app.ref("App"))
    assert record
    assert not {"default_max_age", "require_auth_time", "request_uris"} & record.keys()
    assert app.delete() == "DELETE_COMPLETE"


def test_a_client_of_pairwise_subjects_brings_their_salt_and_leaves_it(
    app: CloudFormation, records: Records
) -> None:
    declared = app_client(subject_type="pairwise")
    with unmade_salt():
        assert app.create({"App": declared}) == "CREATE_COMPLETE", app.reasons
        made = records.table.at(id=ITEM_ID)
        assert made
        assert app.delete() == "DELETE_COMPLETE"
        assert records.table.at(id=ITEM_ID) == made


def test_encryption_without_a_key_fails_the_stack(app: CloudFormation) -> None:
    declared = app_client(id_token_encrypted_response_alg="RSA-OAEP-256")
    assert app.create({"App": declared}) == "ROLLBACK_COMPLETE"
    assert "jwks or jwks_uri is needed for id_token_encrypted_response_alg." in app.reasons[0]

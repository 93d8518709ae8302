"""The bucket of artefacts: closed, and neither growing for ever nor losing what a rollback needs."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.expand import Template
from tests.deploy.conftest import NAME, Run, write_package
from tests.deploy.fake_aws import FakeAws
from tests.deploy.fake_stack import Stack

OWN = "keyturn-artefacts-111122223333-eu-central-1"
SETTINGS = {"publicAccessBlock", "policy", "encryption", "versioning", "lifecycle"}
Now = Callable[[], Stack]


def members(document: bytes) -> list[tuple[str, str]]:
    """An XML document's leaves, without their namespace."""
    return [(one.tag.rpartition("}")[2], one.text or "") for one in ET.fromstring(document).iter()]  # noqa: S314


def used(stack: Stack) -> set[str]:
    """The zips a stack's functions are made of."""
    properties = [one.get("Properties", {}) for one in stack.template["Resources"].values()]
    return {one["Code"]["S3Key"] for one in properties if "Code" in one}


def test_it_is_made_once_and_closed(run: Run, aws: FakeAws) -> None:
    assert run("--yes").code == 0
    assert set(aws.buckets) == {OWN}
    settings = aws.buckets[OWN]
    assert set(settings) - {""} == SETTINGS
    assert settings["publicAccessBlock"].count(b">true<") == 4
    assert b"aws:SecureTransport" in settings["policy"]
    assert b"AES256" in settings["encryption"]
    assert b"Enabled" in settings["versioning"]
    uploaded = dict(aws.objects)
    assert run("--yes").code == 0
    assert aws.objects == uploaded


def test_nothing_that_is_there_goes_by_its_age(run: Run, aws: FakeAws) -> None:
    assert run("--yes").code == 0
    rules = members(aws.buckets[OWN]["lifecycle"])
    assert ("NoncurrentDays", "90") in rules
    assert ("Prefix", "keyturn/") in rules
    assert ("DaysAfterInitiation", "7") in rules
    assert ("ExpiredObjectDeleteMarker", "true") in rules
    # A stack may run what was uploaded years ago, and an update that fails goes back to it.
    assert not {"Days", "Date"} & {name for name, _ in rules}


@pytest.mark.parametrize("setting", ["publicAccessBlock", "lifecycle"])
def test_one_that_was_left_half_made_is_finished(run: Run, aws: FakeAws, setting: str) -> None:
    aws.denied.add(f"PUT {setting}")
    ran = run("--yes")
    assert ran.code == 1
    assert aws.cloudformation.stacks == []
    assert OWN in aws.buckets
    aws.denied.clear()
    assert run("--yes").code == 0
    assert set(aws.buckets[OWN]) - {""} == SETTINGS


def test_what_an_owner_changed_afterwards_stays(run: Run, aws: FakeAws) -> None:
    assert run("--yes").code == 0
    aws.buckets[OWN]["policy"] = b"their own"
    assert run("--yes", "--set", "CodeLifetime=30").code == 0
    assert aws.buckets[OWN]["policy"] == b"their own"


def test_a_bucket_of_somebody_elses_is_not_used(run: Run, aws: FakeAws) -> None:
    aws.foreign.add("theirs")
    ran = run("--yes", "--bucket", "theirs")
    assert ran.code == 1
    assert "The bucket theirs is not account 111122223333's" in ran.said
    ran = run("--yes", "--bucket", "nowhere")
    assert "The bucket nowhere does not exist." in ran.said
    assert aws.cloudformation.stacks == []


def test_old_packages_are_deleted_once_the_new_one_runs(
    run: Run, aws: FakeAws, deployed: Now, package: Path, template: Template
) -> None:
    assert run("--yes").code == 0
    before = set(aws.objects)
    aws.objects["keyturn/keyturn-beta-prod/of-another.zip"] = b""
    write_package(package, template, b"other")
    ran = run("--yes")
    assert "Deleted 2 objects of earlier releases, to be had back for 90 days" in ran.out
    assert set(aws.deleted) == before
    assert used(deployed()) <= set(aws.objects)
    assert "keyturn/keyturn-beta-prod/of-another.zip" in aws.objects


def test_a_deployment_that_fails_deletes_nothing_its_rollback_needs(
    run: Run, aws: FakeAws, deployed: Now, package: Path, template: Template
) -> None:
    assert run("--yes").code == 0
    write_package(package, template, b"other")
    aws.cloudformation.world.failing["modify", "Token"] = "The runtime is not supported."
    assert run("--yes").code == 1
    assert deployed().status == "UPDATE_ROLLBACK_COMPLETE"
    assert aws.deleted == []
    assert used(deployed()) <= set(aws.objects)


def test_a_bucket_of_the_teams_own_is_theirs_to_tidy(
    run: Run, aws: FakeAws, package: Path, template: Template
) -> None:
    aws.buckets["teams"] = {}
    assert run("--yes", "--bucket", "teams").code == 0
    write_package(package, template, b"other")
    assert run("--yes", "--bucket", "teams").code == 0
    assert aws.deleted == []
    assert aws.buckets == {"teams": {}}


def test_a_release_is_out_even_where_the_old_one_may_not_be_deleted(
    run: Run, aws: FakeAws, package: Path, template: Template
) -> None:
    assert run("--yes").code == 0
    write_package(package, template, b"other")
    aws.denied.add("DeleteObject")
    ran = run("--yes")
    assert ran.code == 0
    assert "Old packages were not deleted:" in ran.said
    assert "issuer " in ran.out


def test_a_removed_stacks_packages_go_with_it(run: Run, aws: FakeAws) -> None:
    assert run("--yes").code == 0
    ran = run("destroy", "--yes", "acme")
    assert ran.code == 0
    assert "Deleted 2 objects of its packages" in ran.out
    assert [key for key in aws.objects if key.startswith(f"keyturn/{NAME}/")] == []

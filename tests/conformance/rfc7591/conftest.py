"""What registering takes, over the stack's own stores, for tenants of other settings than the stack has."""

import os
import secrets
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.administration.dynamic_registration import DynamicRegistration
from chalicelib.administration.registration_token import RegistrationTokenAdministration
from chalicelib.administration.software_statement import SoftwareStatements
from chalicelib.aws.attempts import AttemptStore
from chalicelib.aws.registration_counts import RegistrationCountStore
from chalicelib.aws.registration_tokens import RegistrationTokenStore
from chalicelib.aws.registries import ClientRegistry, RegistrationTokenRegistry
from chalicelib.aws.trusted_issuers import TrustedIssuerStore
from chalicelib.composition.issuer_keys import unavailable_keys
from chalicelib.composition.registration import SecretsEncryption
from chalicelib.composition.sector_documents import FetchedSectors
from chalicelib.outbound.fetched_keys import FetchedKeys
from chalicelib.protocol.settings import Settings
from infra.local.stack import LocalStack

Registering = Callable[..., DynamicRegistration]


@pytest.fixture
def registering(stack: LocalStack) -> Registering:
    """Makes what registering takes, with these settings."""
    clients, requests = os.environ["CLIENTS_TABLE"], os.environ["REQUESTS_TABLE"]

    def make(**changes: Any) -> DynamicRegistration:
        settings = Settings(issuer=stack.issuer, **{"dynamic_registration": "open", **changes})
        return DynamicRegistration(
            settings=settings,
            clients=ClientRegistry(clients),
            tokens=RegistrationTokenStore(clients),
            statements=SoftwareStatements(
                settings=settings,
                trusted_issuers=TrustedIssuerStore(clients),
                keys=FetchedKeys(unavailable=unavailable_keys),
            ),
            attempts=AttemptStore(requests),
            counts=RegistrationCountStore(requests),
            encryption=SecretsEncryption(os.environ["SECRETS_KEY"]),
            sectors=FetchedSectors(requests, allowed_origins=settings.fetch_allowed_origins),
            random=secrets.token_urlsafe,
        )

    return make


@pytest.fixture
def tokens(stack: LocalStack) -> RegistrationTokenAdministration:
    """Makes initial access tokens, as an operator's command line does."""
    del stack
    registry = RegistrationTokenRegistry(os.environ["CLIENTS_TABLE"])
    return RegistrationTokenAdministration(tokens=registry, random=secrets.token_urlsafe)

"""A tenant's records: clients, resource servers and people, made for one test each."""

import hashlib
import itertools
import json
import os
from dataclasses import dataclass, field
from typing import Any

import boto3

from chalicelib.accounts.password import PasswordCredential, hash_password, normalize_login
from chalicelib.accounts.user import User
from chalicelib.aws.attribute_values import from_item, to_item
from chalicelib.aws.clients import ClientStore, ResourceServerStore
from chalicelib.aws.pairwise_salt import PairwiseSalt
from chalicelib.aws.users import PasswordStore, UserStore
from chalicelib.protocol.client import Client
from chalicelib.protocol.resource import ResourceServer
from chalicelib.record import replace

PASSWORD = "correct horse battery staple"
SECRET = "s3cret-of-256-bits-as-far-as-a-test-cares"
REDIRECT_URI = "https://app.example.com/callback"
LOGOUT_URI = "https://app.example.com/signed-out"
API = "https://api.example.com/"
OTHER_API = "https://other-api.example.com/"
OPENID = ("openid", "profile", "email", "address", "phone", "offline_access")

# Argon2id is meant to be slow: every test's person has the same password, hashed once.
_PASSWORD_HASH = hash_password(PASSWORD, salt=b"a salt for tests")
_numbers = itertools.count(1)

ADA = {
    "name": "Ada Lovelace",
    "given_name": "Ada",
    "family_name": "Lovelace",
    "email": "ada@example.com",
    "email_verified": True,
    "phone_number": "+44 20 7946 0000",
    "phone_number_verified": False,
    "address": {"locality": "London", "country": "GB"},
    "birthdate": "1815-12-10",
    "updated_at": 1_700_000_000,
}


@dataclass(frozen=True)
class Person:
    """Someone who can sign in."""

    sub: str
    login: str
    password: str = PASSWORD
    claims: dict[str, Any] = field(default_factory=dict, hash=False)


class Tenant:
    """Makes records in the tables the environment names, each with an identifier of its own. `made` are
    those nobody else has a use for, by table.
    """

    def __init__(self) -> None:
        self.made: list[tuple[str, str]] = []

    def public_client(self, **changes: Any) -> Client:
        """A single-page app with every scope, refresh tokens and PKCE."""
        return self.client(**{"token_endpoint_auth_method": "none", "client_secret_hashes": (), **changes})

    def native_client(self, **changes: Any) -> Client:
        """A mobile app with a loopback and a private-use redirect."""
        uris = ("http://127.0.0.1/callback", "com.example.app:/callback")
        return self.public_client(**{"application_type": "native", "redirect_uris": uris, **changes})

    def client(self, **changes: Any) -> Client:
        """A confidential web client whose secret is SECRET, with every scope and grant type."""
        fields: dict[str, Any] = {
            "client_id": f"client-{next(_numbers)}",
            "client_name": "Example App",
            "token_endpoint_auth_method": "client_secret_basic",
            "client_secret_hashes": (hash_of(SECRET),),
            "redirect_uris": (REDIRECT_URI,),
            "post_logout_redirect_uris": (LOGOUT_URI,),
            "grant_types": ("authorization_code", "refresh_token", "client_credentials"),
            "scope": (*OPENID, "read", "write", "other:read"),
            **changes,
        }
        return self.put_client(Client(**fields))

    def put_client(self, client: Client) -> Client:
        if client.subject_type == "pairwise":
            PairwiseSalt(os.environ["CLIENTS_TABLE"], os.environ["SECRETS_KEY"]).ensure()
        ClientStore(os.environ["CLIENTS_TABLE"]).put(client)
        self.made.append((os.environ["CLIENTS_TABLE"], f"client#{client.client_id}"))
        return client

    def resource_server(self, resource: str = API, **changes: Any) -> tuple[ResourceServer, Client]:
        """A resource server, and the client it introspects tokens as."""
        scopes = {"read": "Read your things", "write": "Change your things"}
        if resource == OTHER_API:
            scopes = {"other:read": "Read your other things"}
        server = replace(
            ResourceServer(resource=resource, resource_name="Example API", scopes=scopes), **changes
        )
        ResourceServerStore(os.environ["CLIENTS_TABLE"]).put(server)
        return server, self.client(grant_types=(), redirect_uris=(), scope=(), resources=(resource,))

    def person(self, *, password: str = PASSWORD, **claims: Any) -> Person:
        """Ada, or somebody with other claims; a new one each time."""
        number = next(_numbers)
        person = Person(f"person-{number}", f"ada{number}@example.com", password, {**ADA, **claims})
        UserStore(os.environ["USERS_TABLE"]).put(User(sub=person.sub, claims=person.claims))
        password_hash = (
            _PASSWORD_HASH if password == PASSWORD else hash_password(password, salt=b"another test salt")
        )
        credential = PasswordCredential(
            login=normalize_login(person.login), sub=person.sub, password_hash=password_hash
        )
        PasswordStore(os.environ["USERS_TABLE"]).put(credential)
        self.made += [
            (os.environ["USERS_TABLE"], key) for key in (f"user#{person.sub}", f"password#{credential.login}")
        ]
        return person

    def disable(self, person: Person) -> None:
        UserStore(os.environ["USERS_TABLE"]).put(User(sub=person.sub, claims=person.claims, disabled=True))

    def table(self, name: str) -> "Table":
        """One of the tables, by its name in the template."""
        return Table(os.environ[f"{name.upper()}_TABLE"])

    def snapshot(self) -> dict[str, list[dict[str, Any]]]:
        """Every item of every table: what a refused request must leave as it is."""
        names = ("Clients", "Users", "Sessions", "Grants", "Requests", "Documents")
        return {name: self.table(name).items() for name in names}


# The key of each table; no other table has a member of that name.
_KEYS = ("id", "grant_id", "session_hash")


class Table:
    """A table as an operator with full rights sees it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._dynamodb = boto3.client("dynamodb")

    def items(self) -> list[dict[str, Any]]:
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self._name, ConsistentRead=True)
        found = [from_item(item) for page in pages for item in page["Items"]]
        return sorted(found, key=lambda item: json.dumps(item, sort_keys=True))

    def find(self, **members: Any) -> dict[str, Any]:
        """The one item with these members; read by its key alone where that is one of them."""
        key = {name: value for name, value in members.items() if name in _KEYS}
        known = [self.at(**key)] if key else self.items()
        (found,) = [item for item in known if item and all(item.get(k) == v for k, v in members.items())]
        return found

    def at(self, **key: str) -> dict[str, Any] | None:
        """The item of this key, None where there is none. Unlike `find` it reads nothing else."""
        answer = self._dynamodb.get_item(TableName=self._name, Key=to_item(key), ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None

    def change(self, item: dict[str, Any], **members: Any) -> None:
        """Writes an item back with other members: how tests make time pass (exp in the past)."""
        self._dynamodb.put_item(TableName=self._name, Item=to_item({**item, **members}))

    def delete(self, **key: str) -> None:
        """Deletes the item of this key, which need not exist."""
        self._dynamodb.delete_item(TableName=self._name, Key=to_item(key))


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

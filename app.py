"""The manifest: which functions exist. Chalice packages them; none of them imports this file.

Each endpoint's module stays free of Chalice (25 ms of every cold start), so the blueprint that
names its handler is made here.
"""

from importlib import import_module

from chalice.app import Blueprint, Chalice

ENDPOINTS = (
    "authorization",
    "consent",
    "end_session",
    "introspection",
    "jwks",
    "login",
    "metadata",
    "revocation",
    "token",
    "userinfo",
)

app = Chalice(app_name="keyturn")

for name in ENDPOINTS:
    endpoint = import_module(f"chalicelib.endpoints.{name}")
    blueprint = Blueprint(endpoint.__name__)
    blueprint.lambda_function(name=name)(endpoint.handler)
    app.register_blueprint(blueprint)

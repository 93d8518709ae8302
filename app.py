"""The manifest: which functions exist. Chalice packages them; none of them imports this file.

Each function's module stays free of Chalice (25 ms of every cold start), so the blueprint that
names its handler is made here.
"""

from importlib import import_module

from chalice.app import Blueprint, Chalice

ENDPOINTS = (
    "authorization",
    "check_session_iframe",
    "client_configuration",
    "consent",
    "device",
    "device_authorization",
    "end_session",
    "introspection",
    "jwks",
    "login",
    "metadata",
    "playground_page",
    "registration",
    "revocation",
    "token",
    "userinfo",
)

# What AWS calls itself, and nobody over HTTP.
OPERATIONS = (
    "audit",
    "backchannel_logout",
    "client_metadata_document",
    "custom_resources",
    "key_rotation",
    "request_object",
)

app = Chalice(app_name="keyturn")

for room, names in (("endpoints", ENDPOINTS), ("operations", OPERATIONS)):
    for name in names:
        module = import_module(f"chalicelib.{room}.{name}")
        blueprint = Blueprint(module.__name__)
        blueprint.lambda_function(name=name)(module.handler)
        app.register_blueprint(blueprint)

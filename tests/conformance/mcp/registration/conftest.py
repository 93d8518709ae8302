"""A client's own web server with its metadata document, as tests/conformance/cimd has it."""

from tests.conformance.cimd.conftest import publisher

__all__ = ["publisher"]

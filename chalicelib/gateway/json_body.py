"""The body of a request as a JSON object: application/json and nothing else."""

from typing import Any

from chalicelib.gateway.request import MAX_BODY, Request
from chalicelib.protocol.errors import InvalidRequest
from chalicelib.protocol.json_document import UnfitDocument, parse_json_object


def json_body(request: Request) -> dict[str, Any]:
    """The object. Raises InvalidRequest for another content type and for what parse_json_object refuses."""
    media_type, _, charset = (request.header("content-type") or "").partition(";")
    if media_type.strip().lower() != "application/json":
        raise InvalidRequest("The content type must be application/json.", reason="content_type")
    # RFC 8259 section 8.1: JSON is UTF-8, and the media type has no such parameter; many send it.
    if charset.strip() and charset.strip().lower().replace('"', "") != "charset=utf-8":
        raise InvalidRequest("The document must be UTF-8.", reason="content_type")
    try:
        return parse_json_object(request.body, max_bytes=MAX_BODY)
    except UnfitDocument as error:
        raise InvalidRequest(str(error), reason="json_malformed") from None

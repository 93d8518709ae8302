"""The body of a POST as parameters: application/x-www-form-urlencoded and nothing else."""

from chalicelib.gateway.request import Request
from chalicelib.protocol.errors import InvalidRequest
from chalicelib.protocol.parameters import REPEATABLE, Parameters, parse_parameters
from chalicelib.protocol.supported import TOKEN_EXCHANGE


def form_parameters(request: Request) -> Parameters:
    """The form of a POST. Raises InvalidRequest for another content type and for what does not parse."""
    media_type, _, charset = (request.header("content-type") or "").partition(";")
    if media_type.strip().lower() != "application/x-www-form-urlencoded":
        raise InvalidRequest(
            "The content type must be application/x-www-form-urlencoded.", reason="content_type"
        )
    if charset.strip() and charset.strip().lower().replace('"', "") != "charset=utf-8":
        raise InvalidRequest("The form must be UTF-8.", reason="content_type")
    return parse_parameters(request.body)


def single_form_parameters(request: Request) -> Parameters:
    """The same, where no parameter is repeated (RFC 6749 section 3.2), but `audience` where tokens are
    exchanged (RFC 8693 section 2.1). Raises InvalidRequest.
    """
    parameters = form_parameters(request)
    exchange = parameters.all("grant_type") == (TOKEN_EXCHANGE,)
    parameters.check_none_repeated(but=REPEATABLE | {"audience"} if exchange else REPEATABLE)
    return parameters


def query_or_form_parameters(request: Request) -> Parameters:
    """The query of a GET, the form of a POST."""
    return form_parameters(request) if request.method == "POST" else parse_parameters(request.query)

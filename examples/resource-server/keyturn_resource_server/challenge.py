"""What a call that is not served is told: RFC 6750 section 3, RFC 9449 section 7.1, RFC 9728 section 5."""

from collections.abc import Iterable, Mapping


class RefusedError(Exception):
    """A call that is not served: `status` 400, 401, 403 or 503, the `error` of RFC 6750 section 3.1 ("" where
    the call only lacked a token), words for it, and the `challenges` that tell the client what to do.
    """

    def __init__(
        self, status: int, error: str = "", description: str = "", *, challenges: Iterable[str] = ()
    ) -> None:
        super().__init__(description or error or "An access token is needed.")
        self.status = status
        self.error = error
        self.description = description
        self.challenges = tuple(challenges)

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the answer; several challenges are one list (RFC 9110 section 11.6.1)."""
        found = {"Cache-Control": "no-store"}
        if self.challenges:
            found["WWW-Authenticate"] = ", ".join(self.challenges)
        if self.status == 503:  # noqa: PLR2004 - Service Unavailable
            found["Retry-After"] = "5"
        return found

    @property
    def document(self) -> dict[str, str]:
        """The same for who reads the body."""
        if not self.error:
            return {"error": "An access token is needed."}
        return {"error": self.error, "error_description": self.description}


def challenge(scheme: str, parameters: Mapping[str, str]) -> str:
    """One challenge; parameters without a value are left out."""
    told = ", ".join(f'{name}="{_quotable(value)}"' for name, value in parameters.items() if value)
    return f"{scheme} {told}" if told else scheme


def _quotable(text: str) -> str:
    """RFC 6750 section 3: printable ASCII without quotation mark and backslash."""
    return "".join(c for c in text if " " <= c <= "~" and c not in '"\\')

"""JWE (RFC 7516), by joserfc. Imported where a client is registered for it, as joserfc is: few are."""

from collections.abc import Mapping

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import import_key

from chalicelib.protocol.sealing import UnfitKey


class JweEncryption:
    """Implements the port Encryption."""

    def encrypt(self, content: bytes, *, header: Mapping[str, str], jwk: Mapping[str, str]) -> str:
        algorithms = [header["alg"], header["enc"]]
        try:
            return jwe.encrypt_compact(
                dict(header), content, import_key(dict(jwk)), registry=jwe.JWERegistry(algorithms=algorithms)
            )
        except (JoseError, ValueError) as error:
            # A point that is none of its curve, or numbers that are no key.
            raise UnfitKey from error

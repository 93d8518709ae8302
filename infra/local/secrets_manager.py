"""An embedded Secrets Manager (moto's), made when somebody first asks it: few do on a laptop."""

import threading
from functools import cached_property

from infra.local.http_request import HttpRequest
from infra.local.http_server import Application, HttpResponse
from infra.local.wsgi import from_wsgi


class EmbeddedSecretsManager:
    """The service as an application. One request at a time: moto looks and writes in two steps."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers one request of a client of Secrets Manager."""
        with self._lock:
            return self._service(request)

    @cached_property
    def _service(self) -> Application:
        # Only here: its import takes longer than all else of it.
        from moto.moto_server.werkzeug_app import create_backend_app  # noqa: PLC0415

        return from_wsgi(create_backend_app("secretsmanager"))

"""A Lambda function that is a Python file on this machine: its `handler(event, context)`. It is read anew
when it changes.
"""

import json
import sys
import threading
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

from infra.local.template import ACCOUNT, REGION

HANDLER = "handler"


class PythonFileError(ValueError):
    """The file can't be run as a function; the text says why."""


class PythonFunction:
    """The function of a file. What it raises is shown in the terminal, as its log would be.

    Raises PythonFileError where there is no such function in it to begin with.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()
        self.arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{path.stem}"
        self._lock = threading.Lock()
        self._read_at: tuple[int, int] | None = None
        self._module = ModuleType(f"function_{path.stem}")
        # What stands beside it can be imported, and hides nothing.
        if str(self._path.parent) not in sys.path:
            sys.path.append(str(self._path.parent))
        try:
            self._handler()
        except PythonFileError as error:
            raise PythonFileError(f"{path}: {error}") from None
        except OSError as error:
            raise PythonFileError(f"{path}: {error.strerror}.") from None
        except Exception as error:
            raise PythonFileError(f"{path}: {type(error).__name__}: {error}") from error

    def __call__(self, event: Any) -> Any:
        """What the handler answers. Raises what it raises, and what the file does that is broken by now."""
        try:
            return json.loads(json.dumps(self._handler()(event, None)))
        except Exception:
            sys.stderr.write(traceback.format_exc())
            raise

    def _handler(self) -> Any:
        with self._lock:
            known = self._path.stat()
            stamp = (known.st_mtime_ns, known.st_size)
            if stamp != self._read_at:
                module = ModuleType(self._module.__name__)
                module.__file__ = str(self._path)
                # As where it is imported: dataclasses, for one, look there.
                sys.modules[module.__name__] = module
                source = self._path.read_text(encoding="utf-8")
                exec(compile(source, str(self._path), "exec"), vars(module))  # noqa: S102 - that it is run is the point
                self._module, self._read_at = module, stamp
            handler = getattr(self._module, HANDLER, None)
        if not callable(handler):
            raise PythonFileError(f"It has no function {HANDLER}(event, context).")
        return handler

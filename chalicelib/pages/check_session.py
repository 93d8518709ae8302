"""The page that apps frame to ask whether a person's session is still the same: a script and nothing to see.

OpenID Connect Session Management section 3.2. It is the one page of this server that others may frame: it has
no button, shows nothing, asks nothing of the server, and answers with one of three words.
"""

import hashlib
import re
from base64 import b64encode
from pathlib import Path

_HERE = Path(__file__).parent
_COMMENT = re.compile(r"^\s*//.*\n", re.MULTILINE)

SCRIPT = _COMMENT.sub("", (_HERE / "check_session.js").read_text("utf-8")).strip()
SCRIPT_SOURCE = f"'sha256-{b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()}'"
HEADERS = {
    "content-type": "text/html; charset=utf-8",
    # The script reads the cookie each time it is asked.
    "cache-control": "public, max-age=3600",
    "content-security-policy": "; ".join(
        (
            "default-src 'none'",
            f"script-src {SCRIPT_SOURCE}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors *",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    ),
    # For apps that are isolated from other origins (HTML section 7.1.4).
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "cross-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def check_session_page(*, cookie: str) -> str:
    """The page's HTML, which looks at the cookie of this name."""
    template = (_HERE / "check_session.html").read_text("utf-8")
    return template.replace("{cookie}", cookie).replace("{script}", SCRIPT)

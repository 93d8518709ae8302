"""The template's values and conditions, for one set of parameters."""

from infra.expand import Template
from infra.local.intrinsics import Resolver


def resolver(expanded: Template, **given: str) -> Resolver:
    """Resolves the template's values with these parameters; a resource's attribute is its name."""
    values = {name: one["Default"] for name, one in expanded["Parameters"].items()} | given
    return Resolver(
        values=values,
        conditions=expanded["Conditions"],
        find=lambda name, attribute: f"{name}.{attribute}".rstrip("."),
    )

"""Loads the profile of the property tests."""

from tests.support import properties

__all__ = ["properties"]

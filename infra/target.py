"""What a package is for: a Python runtime of Lambda's and a processor, both in Lambda's words.

The template says which (Globals); the build makes the zip for it and writes the same into the functions,
so that code and functions cannot differ.
"""

import copy
import platform
import sys
from dataclasses import dataclass

from infra.build_error import BuildError
from infra.expand import Template, functions_of

# What pyproject.toml promises, as far as Lambda has it.
RUNTIMES = ("python3.11", "python3.12", "python3.13")
# Lambda's word for a processor, and everybody else's.
_MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
_ARCHITECTURES = {"aarch64": "arm64", "arm64": "arm64", "x86_64": "x86_64", "AMD64": "x86_64"}

# The C library of Lambda's operating systems: Amazon Linux 2 up to Python 3.11, then Amazon Linux 2023.
_OLDEST_GLIBC, _AMAZON_LINUX_2, _AMAZON_LINUX_2023 = 17, 26, 34
_LAST_ON_AMAZON_LINUX_2 = (3, 11)


@dataclass(frozen=True, slots=True)
class Target:
    """`runtime` as in python3.13, `architecture` arm64 or x86_64."""

    runtime: str
    architecture: str

    def __str__(self) -> str:
        return f"{self.runtime} on {self.architecture}"

    @property
    def version(self) -> str:
        """The Python's version, as in 3.13."""
        return self.runtime.removeprefix("python")

    @property
    def tag(self) -> str:
        """What names of compiled modules carry, as in 313."""
        return self.version.replace(".", "")

    @property
    def machine(self) -> str:
        """The processor's name in wheels and modules."""
        return _MACHINES[self.architecture]

    @property
    def platforms(self) -> tuple[str, ...]:
        """Wheels' platforms that run there, the most compatible first."""
        major, minor = self.version.split(".")
        old = (int(major), int(minor)) <= _LAST_ON_AMAZON_LINUX_2
        newest = _AMAZON_LINUX_2 if old else _AMAZON_LINUX_2023
        versions = range(_OLDEST_GLIBC, newest + 1)
        return (f"manylinux2014_{self.machine}", *(f"manylinux_2_{one}_{self.machine}" for one in versions))

    @property
    def runs_here(self) -> bool:
        """Whether its compiled libraries can be loaded on this machine."""
        return sys.platform == "linux" and _ARCHITECTURES.get(platform.machine()) == self.architecture


def target_of(template: Template, *, runtime: str = "", architecture: str = "") -> Target:
    """The target the template names, or the one given instead. Raises BuildError for one that is none."""
    stated = template["Globals"]["Function"]
    target = Target(runtime or stated["Runtime"], architecture or stated["Architectures"][0])
    if target.runtime not in RUNTIMES:
        raise BuildError(f"RUNTIME={target.runtime} is none of {', '.join(RUNTIMES)}.")
    if target.architecture not in _MACHINES:
        raise BuildError(f"ARCHITECTURE={target.architecture} is none of {', '.join(_MACHINES)}.")
    return target


def this_machine() -> Target:
    """The Python that runs this, on its own processor. Raises BuildError where Lambda has no such."""
    architecture = _ARCHITECTURES.get(platform.machine())
    if architecture is None:
        raise BuildError(f"Lambda has no {platform.machine()} processors, so nothing can be run as there.")
    return Target(f"python{sys.version_info.major}.{sys.version_info.minor}", architecture)


def with_target(template: Template, target: Target) -> Template:
    """The template whose functions are for the target, each alike."""
    aimed = copy.deepcopy(template)
    aimed["Globals"]["Function"] |= {"Runtime": target.runtime, "Architectures": [target.architecture]}
    # Chalice names the Python that runs it.
    for function in functions_of(aimed).values():
        function["Properties"].pop("Runtime", None)
        function["Properties"].pop("Architectures", None)
    return aimed

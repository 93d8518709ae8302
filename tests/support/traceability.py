"""The traceability table: which test proves which requirement.

`@spec("RFC6749-4.1.2")` names a specification and a section. `--traceability` prints the table of
all collected tests after a run, and of OpenID Connect's specifications every section no collected test
proves, with the reason.
"""

from collections import defaultdict

import pytest

from tests.support.openid_sections import normalized, sections, untested

_found: dict[str, list[str]] = defaultdict(list)


def spec(requirement: str) -> pytest.MarkDecorator:
    """Marks a test with the requirement it proves: specification, hyphen, section."""
    return pytest.mark.spec(requirement)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--traceability", action="store_true", help="print which tests prove which requirement")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for marker in item.iter_markers("spec"):
            name = item.nodeid.partition("[")[0]
            if name not in _found[marker.args[0]]:
                _found[marker.args[0]].append(name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not config.getoption("--traceability"):
        return
    terminalreporter.section("requirements and their tests")
    for requirement in sorted(_found):
        for position, name in enumerate(_found[requirement]):
            terminalreporter.write_line(f"{requirement if position == 0 else '':<28} {name}")
    proved = {normalized(name) for name in _found}
    terminalreporter.section("sections of OpenID Connect without a test, and why")
    gaps = {section.requirement for section in untested(_found)}
    for section in sections():
        why = "NO TEST AMONG THESE" if section.requirement in gaps else section.reason
        if why and normalized(section.requirement) not in proved:
            terminalreporter.write_line(f"{section.requirement:<36} {section.title}: {why}")

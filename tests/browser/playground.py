"""What a developer does at the playground: picks a flow, breaks it or not, runs it."""

import re

from playwright.sync_api import Page

from tests.browser.chromium import type_credentials
from tests.support.demo import Demo

ENDED = re.compile("^(Done|Refused|This was not|Step .*went wrong)")


def open_flow(page: Page, demo: Demo, flow: str) -> None:
    """Shows a flow; from one to the next no page is loaded."""
    page.goto(f"{demo.issuer}/playground#{flow}")
    page.locator(f'nav a[aria-current=page][href="#{flow}"]').wait_for(state="attached")


def attacks(page: Page) -> list[str]:
    """The ways to break the flow that is shown."""
    return [str(one.get_attribute("value")) for one in page.locator("input[name=attack]").all()][1:]


def begin(page: Page, attack: str = "") -> None:
    """Chooses and presses the button."""
    choice = page.locator(f'input[name=attack][value="{attack}"]')
    if attack:
        choice.check()
    page.get_by_role("button", name=re.compile("^Run")).click()


def run(page: Page, attack: str = "") -> str:
    """Runs the flow to its end, through whatever pages the server shows, and says how it ended."""
    begin(page, attack)
    status = page.get_by_test_id("status").filter(has_text=ENDED)
    password = page.get_by_label("Password", exact=True)
    going_on = page.get_by_role("button", name=re.compile("^(Allow|Sign out)$"))
    for _ in range(4):
        status.or_(password).or_(going_on).first.wait_for()
        if password.is_visible():
            type_credentials(page)
        elif going_on.is_visible():
            going_on.click()
        else:
            break
    return status.inner_text()


def verdicts(page: Page) -> dict[str, str]:
    """How each step went, by the step."""
    steps = page.locator("li.step").evaluate_all(
        "steps => steps.map((step) => [step.dataset.testid, step.dataset.verdict])"
    )
    return {name.removeprefix("step-"): verdict for name, verdict in steps}


def lit(page: Page) -> bool:
    """Whether every arrow of the drawing is."""
    return bool(page.evaluate("() => !document.querySelector('svg .message:not(.on)')"))


def passed(page: Page, step: str) -> dict[str, str]:
    """The checks of a step, and whether each passed: true, false, or null where there was nothing."""
    checks = page.get_by_test_id(f"step-{step}").locator("[data-check]")
    found = checks.evaluate_all("checks => checks.map((one) => [one.dataset.check, one.dataset.ok])")
    return dict(found)

"""Runs axe-core, the accessibility checker, on an open page."""

import json
from functools import cache

from playwright.sync_api import Page

from redvest.config.environment import PROJECT

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """
    axe.run(document, {runOnly: %s}).then(found => JSON.stringify(found.violations.flatMap(rule =>
        rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 160)} - ${node.failureSummary}`))))
"""


@cache
def _source() -> str:
    return (PROJECT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Everything axe has to say against the page as it stands; one line each."""
    # By the debugger's protocol: the pages' own security policy rightly forbids evaluating scripts.
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": _source()})
    answer = session.send("Runtime.evaluate", {"expression": _RUN % json.dumps(RULES), "awaitPromise": True})
    session.detach()
    return list(json.loads(answer["result"]["value"]))

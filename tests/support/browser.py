"""Chromium for tests: every page fails on a console error, an uncaught exception or a broken content policy."""

import os
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
DESKTOP = {"width": 1366, "height": 768}
# The first page of a process compiles its templates, and a busy machine may take its time; milliseconds.
PATIENCE = 60_000


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = os.environ.get("MULIN_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        expect.set_options(timeout=PATIENCE / 2)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh desktop window; what its console complained about fails the test at its end."""
    context = chromium.new_context(viewport=DESKTOP, locale="zh-CN", timezone_id="Asia/Shanghai", accept_downloads=True)
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    opened.on("console", listen)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


@pytest.fixture
def phones(chromium: Browser) -> Iterator[Any]:
    """phones(scripts=False) opens a phone; whatever its console complains about fails the test."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def open_phone(*, scripts: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": 390, "height": 844}, locale="zh-CN", timezone_id="Asia/Shanghai",
            has_touch=True, is_mobile=True, java_script_enabled=scripts,
        )  # fmt: skip
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_phone
    for context in opened:
        context.close()
    assert complaints == []


def enter_portal(page: Page, address: str, number: str) -> None:
    """Signs an owner in; the demonstration shows the code on the page."""
    page.goto(f"{address}/m/")
    page.fill("[name=phone]", number)
    page.click("button:has-text('获取验证码')")
    found = re.search(r"演示环境：验证码是 (\d{6})", page.content())
    assert found is not None
    page.fill("[name=code]", found[1])
    page.click("button:has-text('登录')")


def sign_in(page: Page, address: str, username: str, password: str) -> None:
    page.goto(f"{address}/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_load_state("networkidle")


def enter(page: Page, address: str, username: str) -> None:
    """With a session he already has. That the form gives one is shown by tests/browser/test_pages.py and by every journey."""
    client = Client()
    client.force_login(get_user_model().objects.get(username=username), backend="audit.backends.GrantBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])


def serious_findings(page: Page) -> list[str]:
    """What axe calls serious or critical, as `rule: element`."""
    results = Axe().run(page, options={"resultTypes": ["violations"]})  # what passed need not be listed
    return [
        f"{violation['id']}: {node['target']}"
        for violation in results["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]

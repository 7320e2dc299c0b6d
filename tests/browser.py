"""Chromium without a window, driven over a pipe by the DevTools protocol.

https://chromedevtools.github.io/devtools-protocol/ describes the methods and events.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 60  # seconds; a machine at rest takes one
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--remote-debugging-pipe",
)
_OFFLINE = {
    "offline": True,
    "latency": 0,
    "downloadThroughput": -1,
    "uploadThroughput": -1,
}


class Browser:
    """One tab of Chromium, offline, and what it reports.

    requests: the address of every request of the page, but those of blobs and data.
    errors: the text of every error and warning on its console, and of every exception.
    """

    def __init__(self, folder: Path) -> None:
        assert PROGRAM
        self._folder = folder
        self._numbers = itertools.count(1)
        self._unread = b""
        self._session: str | None = None
        self._page = ""
        self.requests: list[str] = []
        self.errors: list[str] = []
        commands, self._to = os.pipe()
        self._from, events = os.pipe()
        # Chromium reads commands on descriptor 3 and writes events on 4.
        shell = f'exec "$@" 3<&{commands} 4>&{events}'
        profile = f"--user-data-dir={folder / 'profile'}"
        self._process = subprocess.Popen(
            ["bash", "-c", shell, "bash", PROGRAM, *_FLAGS, profile, "about:blank"],
            pass_fds=(commands, events),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(events)
        self._attach()

    def _attach(self) -> None:
        targets = self.call("Target.getTargets")["targetInfos"]
        (tab,) = (target for target in targets if target["type"] == "page")
        words = {"targetId": tab["targetId"], "flatten": True}
        self._session = self.call("Target.attachToTarget", **words)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Network.emulateNetworkConditions", **_OFFLINE)
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)
        words = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
        self.call("Target.setAutoAttach", **words)

    def __enter__(self) -> Browser:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._to)  # Chromium ends when nobody can command it
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._from)

    def call(self, method: str, **words: Any) -> dict[str, Any]:
        """Call a method of the protocol, and wait for its result."""
        number = self._send(method, self._session, words)
        while (reply := self._next()).get("id") != number:
            self._note(reply)
        assert "error" not in reply, (method, reply["error"])
        result: dict[str, Any] = reply["result"]
        return result

    def _send(self, method: str, session: str | None, words: dict[str, Any]) -> int:
        """Call a method in a session, and return the number that its result has."""
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": words}
        if session:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        return number

    def _next(self) -> dict[str, Any]:
        """The next message of Chromium."""
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self._unread:
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self._from], [], [], max(left, 0))
            assert ready, "Chromium says nothing"
            data = os.read(self._from, 1 << 20)
            assert data, "Chromium has ended"
            self._unread += data
        line, _, self._unread = self._unread.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        return message

    def _note(self, event: dict[str, Any]) -> None:
        """Remember the requests and errors that an event tells of."""
        method, words = event.get("method"), event.get("params", {})
        if method == "Target.attachedToTarget":  # a worker, which waits
            session = words["sessionId"]
            for call in ("Network.enable", "Log.enable", "Runtime.enable"):
                self._send(call, session, {})
            self._send("Network.emulateNetworkConditions", session, _OFFLINE)
            self._send("Runtime.runIfWaitingForDebugger", session, {})
        elif method == "Network.requestWillBeSent":
            address = words["request"]["url"]
            if not address.startswith(("data:", "blob:")):
                self.requests.append(address)
        elif method == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(words["exceptionDetails"]))
        elif method == "Log.entryAdded":
            self.errors.append(words["entry"]["text"])
        elif method == "Runtime.consoleAPICalled":
            self.errors.append(json.dumps(words["args"]))

    def open(self, address: str) -> None:
        """Open an address in place of the page that is open."""
        page = address.partition("#")[0]
        if page == self._page:  # where only what stands after the # would change
            self.call("Page.navigate", url="about:blank")
        self._page = page
        self.requests.clear()
        self.errors.clear()
        self.call("Page.navigate", url=address)
        self.until("document.readyState === 'complete'")

    def value(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page, promises awaited."""
        reply = self.call(
            "Runtime.evaluate",
            expression=expression,
            returnByValue=True,
            awaitPromise=True,
            userGesture=True,
        )
        assert "exceptionDetails" not in reply, reply["exceptionDetails"]
        return reply["result"].get("value")

    def until(self, expression: str) -> Any:
        """Wait until the expression is true, and return its value."""
        value = self.value(_UNTIL % (PATIENCE * 1000, expression))
        assert value, f"never: {expression}"
        return value

    @contextmanager
    def hastened(self, factor: int) -> Iterator[None]:
        """The timers of pages that are opened within run out so many times as fast."""
        add = "Page.addScriptToEvaluateOnNewDocument"
        script = self.call(add, source=_HASTEN % factor)
        yield
        self.call("Page.removeScriptToEvaluateOnNewDocument", **script)

    def press(self, key: str, text: str = "") -> None:
        """Press and release a key, as on a keyboard."""
        kind = "keyDown" if text else "rawKeyDown"
        code = {"Enter": 13, "Tab": 9, " ": 32}.get(key, 0)
        words = {"key": key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type=kind, text=text, **words)
        self.call("Input.dispatchKeyEvent", type="keyUp", **words)

    def type(self, text: str) -> None:
        """Type a text into what has the focus."""
        self.call("Input.insertText", text=text)

    def show(self, width: int, height: int = 800, scheme: str = "light") -> None:
        """Set the size of the window, in pixels, and the colour scheme."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.call("Emulation.setEmulatedMedia", features=[feature])

    def picture(self, path: Path) -> None:
        """Save what the window shows as a PNG file."""
        data = self.call("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(data))

    def allow_clipboard(self) -> None:
        """Let pages read the clipboard."""
        permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"]
        self.call("Browser.grantPermissions", permissions=permissions)

    def save_to(self, folder: Path) -> None:
        """Save downloads to a folder."""
        words = {"behavior": "allow", "downloadPath": str(folder)}
        self.call("Browser.setDownloadBehavior", **words)

    def contrast(self, selector: str) -> float:
        """The contrast ratio of an element's text and its background, as in WCAG 2."""
        front, back = (_luminance(colour) for colour in self.value(_COLOURS % selector))
        lighter, darker = max(front, back), min(front, back)
        return (lighter + 0.05) / (darker + 0.05)


# The value of an expression as soon as it is true; what it is, after so many ms.
_UNTIL = """new Promise((resolve, reject) => {
  const end = Date.now() + %d;
  const look = () => {
    try {
      const value = (%s);
      value || Date.now() > end ? resolve(value) : setTimeout(look, 5);
    } catch (error) {
      reject(error);
    }
  };
  look();
})"""

_HASTEN = """{
  const { setTimeout } = window;
  window.setTimeout = (call, ms) => setTimeout(call, ms / %d);
}"""

# The colours of an element's text and of the nearest background that is not clear.
_COLOURS = """(() => {
  let element = document.querySelector('%s');
  const colour = getComputedStyle(element).color;
  const background = () => getComputedStyle(element).backgroundColor;
  while (background() === 'rgba(0, 0, 0, 0)') element = element.parentElement;
  return [colour, background()];
})()"""


def _luminance(colour: str) -> float:
    """The relative luminance of a colour, as WCAG 2 defines it.

    >>> _luminance("rgb(255, 255, 255)")
    1.0
    """
    parts = [int(part) / 255 for part in colour[4:-1].split(",")]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    ]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

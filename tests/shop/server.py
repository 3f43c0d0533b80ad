"""A running Medusa on a database of its own."""

from __future__ import annotations

import json
import os
import secrets
import signal
from pathlib import Path
from urllib.parse import quote

import requests

from setup import paths, ports
from setup.processes import Processes, Server
from setup.steps import run_logged

from . import node

EMAIL, PASSWORD = "admin@shop.example.com", "medusa-admin"
STARTING = 180  # seconds, on a slow machine


class Shop:
    """One shop: it can be started, killed and started again at the same address."""

    def __init__(
        self, folder: Path, database: str, servers: Processes, port: int = 0
    ) -> None:
        self.folder = folder
        self.database = database
        self.port = port or ports.any_free()
        self.url = f"http://{ports.HOST}:{self.port}"
        self._servers = servers
        self._secret = secrets.token_hex(16)
        self._server: Server | None = None

    @property
    def webhooks_file(self) -> Path:
        """Return the file that tells the shop where its webhooks go."""
        return self.folder / "webhooks.json"

    def send_webhooks(self, url: str, secret: str) -> None:
        """Have each event sent to `url`, signed with `secret`, from now on."""
        partial = self.webhooks_file.with_suffix(".new")
        partial.write_text(json.dumps({"url": url, "secret": secret}))
        partial.replace(self.webhooks_file)

    def send_no_webhooks(self) -> None:
        """Send no more webhooks."""
        self.webhooks_file.unlink(missing_ok=True)

    def migrate(self) -> None:
        """Make the tables, and the user that may do everything."""
        for name, words in (
            ("tables", ["db:migrate"]),
            ("user", ["user", "--email", EMAIL, "--password", PASSWORD]),
        ):
            run_logged(
                self._medusa(*words),
                f"shop-{name}",
                f"Medusa could not make its {name}",
                cwd=self.folder,
                env=self._environment(),
            )

    def start(self) -> None:
        """Start the shop and wait until it answers."""
        self._server = self._servers.start(
            "the shop",
            self._medusa("start"),
            paths.new_log("shop-medusa"),
            env=self._environment(),
            cwd=self.folder,
        )
        self._server.wait_until(self.responds, STARTING, "starting")

    def require_alive(self) -> None:
        """Raise SetupError when the shop has ended by itself."""
        assert self._server
        self._server.require_alive()

    def kill(self) -> None:
        """Take the shop away at once, as a power cut does."""
        assert self._server
        os.killpg(self._server.process.pid, signal.SIGKILL)
        self._server.process.wait()

    def responds(self) -> bool:
        """Return whether the shop answers at all."""
        try:
            return requests.get(f"{self.url}/health", timeout=5).ok
        except requests.RequestException:
            return False

    def _medusa(self, *words: str) -> list[str]:
        program = self.folder / "node_modules" / "@medusajs" / "cli" / "cli.js"
        return [node.require_node(), str(program), *words]

    def _environment(self) -> dict[str, str]:
        user, host = os.environ["PGUSER"], quote(os.environ["PGHOST"], safe="")
        password = os.environ.get("PGPASSWORD")
        login = f"{user}:{quote(password, safe='')}" if password else user
        port = os.environ.get("PGPORT", "5432")
        return {
            **{k: v for k, v in os.environ.items() if not k.startswith("PG")},
            "DATABASE_URL": f"postgres://{login}@{host}:{port}/{self.database}",
            "MEDUSA_DISABLE_TELEMETRY": "true",
            "NODE_ENV": "production",
            "PORT": str(self.port),
            "HOST": ports.HOST,
            "SHOP_SECRET": self._secret,
            "SHOP_URL": self.url,
            "WEBHOOKS_FILE": str(self.webhooks_file),
        }

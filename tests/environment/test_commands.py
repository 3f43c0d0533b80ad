"""``python3 -m setup odoo ARGUMENTS`` is Odoo, with all its processes."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import requests

from setup import paths, ports, postgres, processes


def test_odoo_reaches_postgresql_from_each_of_its_processes(
    servers: processes.Processes, tmp_path: Path
) -> None:
    http, gevent = ports.any_free(), ports.any_free()
    own = (*postgres.OWN, "PGUSER")
    server = servers.start(
        "Odoo",
        [
            *(sys.executable, "-m", "setup", "odoo", "--workers=1"),
            *("--max-cron-threads=0", "--load=base,web"),
            *(f"--http-port={http}", f"--gevent-port={gevent}"),
        ],
        tmp_path / "odoo.log",
        env={
            **{name: value for name, value in os.environ.items() if name not in own},
            "PYTHONPATH": str(paths.CHECKOUT),
        },
    )
    for port in (http, gevent):
        url = f"http://127.0.0.1:{port}/web/health?db_server_status=1"
        assert _health(url) == {"status": "pass", "db_server_status": True}
    server.require_alive()
    assert "Traceback" not in (tmp_path / "odoo.log").read_text()


def _health(url: str) -> dict:
    deadline = time.monotonic() + 90
    while True:
        try:
            return requests.get(url, timeout=10).json()
        except requests.ConnectionError:
            assert time.monotonic() < deadline, f"no answer from {url}"
            time.sleep(0.2)

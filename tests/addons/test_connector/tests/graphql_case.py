"""A canteen: a backend with a GraphQL API, whose server is a separate process."""

import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import requests
from urllib3.util import Retry

from odoo.addons.connector.tests.common import ConnectorCase

CANTEEN_GUEST = "canteen.res.partner"


class GraphqlServer:
    """The process of the server, and its controls."""

    def __init__(self):
        program = Path(__file__).with_name("graphql_server.py")
        self._process = subprocess.Popen(
            [sys.executable, str(program)], stdout=subprocess.PIPE, text=True
        )
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}"

    def control(self, **order):
        """Change the state of the server; return its records and requests."""
        return requests.post(f"{self.url}/control", json=order, timeout=10).json()

    @property
    def operations(self):
        return self.control()["operations"]

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()


class GraphqlCase(ConnectorCase):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.enterContext(patch.object(Retry, "sleep", lambda *args, **kwargs: None))
        self.server = self.enterContext(GraphqlServer())
        self.backend = self.env["canteen.backend"].create(
            {
                "name": "Canteen",
                "location": self.server.url,
                "username": "user",
                "password": "open-sesame",
            }
        )

    def adapter(self, **attributes):
        """Return the adapter of guests, with these attributes."""
        adapter = self.component(CANTEEN_GUEST)
        for name, value in attributes.items():
            setattr(adapter, name, value)
        return adapter

    def component(self, model):
        work = self.enterContext(self.backend.work_on(model))
        return work.component(usage="backend.adapter")

    def sync(self, **options):
        """Run the import to its end; return its run."""
        action = self.backend._start_flow("guests_in", **options)
        run = self.env["connector.sync.run"].browse(action["res_id"])
        self.run_jobs()
        run._settle()
        return run

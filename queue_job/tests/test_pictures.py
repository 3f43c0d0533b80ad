"""Takes the screenshots of the documentation.

ODOO_TEST_PICTURES=docs/images odoo ... --test-tags pictures
"""

import base64
import os
from pathlib import Path
from unittest import mock

from odoo.tests import tagged
from odoo.tests.common import ChromeBrowser

from .test_tour import QueueCase

JOBS = "/odoo/action-queue_job.action_queue_job"


@tagged("-standard", "pictures", "post_install", "-at_install")
class TestPictures(QueueCase):
    def setUp(self):
        super().setUp()
        if not os.environ.get("ODOO_TEST_PICTURES"):
            self.skipTest("ODOO_TEST_PICTURES names no folder for the pictures")

    def picture(self, name, url, ready):
        """Save a screenshot of ``url`` once ``ready`` is true."""
        wait = ChromeBrowser._wait_code_ok

        def look(browser, *args, **kwargs):
            shot = browser._websocket_request("Page.captureScreenshot")
            folder = Path(os.environ["ODOO_TEST_PICTURES"])
            (folder / f"queue_{name}.png").write_bytes(base64.b64decode(shot["data"]))
            return wait(browser, *args, **kwargs)

        with mock.patch.object(ChromeBrowser, "_wait_code_ok", look):
            self.browser_js(
                url, "console.log('test successful')", ready=ready, login="admin"
            )

    def test_pictures_of_the_guides(self):
        failed = self.jobs[0]
        self.picture("jobs", JOBS, "!!document.querySelector('.o_data_row .badge')")
        self.picture(
            "job_form",
            f"{JOBS}/{failed.id}",
            "!!document.querySelector('.o_job_traceback')",
        )
        self.picture(
            "job_graph",
            f"{JOBS}/{failed.id}",
            "(() => {"
            "!!document.querySelector('.nav-link[name=dependencies]')?.click();"
            "const node = document.querySelector('.o_job_graph_node');"
            "node?.scrollIntoView();"
            "return !!node;"
            "})()",
        )
        self.picture(
            "causes",
            "/odoo/action-queue_job.action_queue_job_cause",
            "!!document.querySelector('.o_data_row')",
        )
        self.picture(
            "channel",
            f"/odoo/action-queue_job.action_queue_job_channel/{self.channel.id}",
            "!!document.querySelector('.o_form_view .oe_stat_button')",
        )

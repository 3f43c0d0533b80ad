"""What an administrator does in the demo, step by step."""

from __future__ import annotations

from .coffee_machine import PASSWORD, USER
from .follow import Figures, Follower, wait_for
from .options import Options
from .stack import Stack

BACKEND = "coffee.backend"
TAG = "Coffee drinkers"
JOBS_AT_ONCE = 2
RENAMED = "Renamed in Odoo"


def let_jobs_run(stack: Stack) -> None:
    """Let jobs run side by side."""
    call = stack.client.call
    root = call("queue.job.channel", "search", [("name", "=", "root")])
    call("queue.job.channel", "write", root, {"capacity": str(JOBS_AT_ONCE)})


class Scenario:
    """Configures a backend, synchronizes in both directions, changes a contact."""

    def __init__(self, stack: Stack, follower: Follower, options: Options) -> None:
        self.stack = stack
        self.call = stack.client.call
        self.follower = follower
        self.options = options
        self.contact_ids: list[int] = []
        self.backend_id = 0

    def configure(self) -> None:
        """Create contacts with a tag, and a backend that gives them badges."""
        firmware = self.stack.machine.firmware
        tag = f"{TAG}, firmware {firmware}"
        (tag_id,) = self.call("res.partner.category", "create", [{"name": tag}])
        self.contact_ids = self.call(
            "res.partner",
            "create",
            [
                {
                    "name": f"Contact {firmware}{number:03}",
                    "email": f"contact{firmware}{number:03}@example.com",
                    "category_id": [(6, 0, [tag_id])],
                }
                for number in range(1, self.options.contacts + 1)
            ],
        )
        (self.backend_id,) = self.call(
            BACKEND,
            "create",
            [
                {
                    "name": f"Coffee machine with firmware {firmware}",
                    "location": self.stack.machine.url,
                    "username": USER,
                    "password": PASSWORD,
                    "firmware": str(firmware),
                    "partner_category_id": tag_id,
                }
            ],
        )

    def test_connection(self) -> str:
        """Press the button; return what it says."""
        notification = self.call(BACKEND, "action_test_connection", [self.backend_id])
        return notification["params"]["message"]

    def synchronize(self) -> list[Figures]:
        """Import recipes, export badges, import brews; return the figures of each."""
        wanted = (
            ("Recipes to Odoo", "recipes", self.options.recipes),
            ("Badges to the machine", "badges", self.options.contacts),
            ("Brews to Odoo", "brews", self.options.brews),
        )
        return [
            self.follower.follow(title, self._start(flow), expected)
            for title, flow, expected in wanted
        ]

    def change_a_contact(self) -> float:
        """Rename a contact; return the seconds until the machine has the new name."""
        contact_id = self.contact_ids[0]
        self.call("res.partner", "write", [contact_id], {"name": RENAMED})

        def arrived() -> bool:
            badges = self.stack.machine.data()["badges"].values()
            return any(badge["holder"]["name"] == RENAMED for badge in badges)

        return wait_for(arrived, "the change of a contact", self.options.patience)

    def _start(self, flow: str) -> int:
        action = self.call(
            BACKEND,
            "action_start_flow",
            [self.backend_id],
            context={"connector_flow": flow},
        )
        return action["res_id"]

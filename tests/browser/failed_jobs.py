"""Stores jobs that failed, one of them before another; run by Odoo's shell."""

# ruff: noqa: F821 - env is the shell's

from odoo.addons.queue_job.delay import chain

TRACEBACK = """Traceback (most recent call last):
  File "/opt/addons/my_shop/models/order.py", line 345, in send
odoo.exceptions.UserError: The shop is closed
"""
FAILURE = {
    "exc_name": "odoo.exceptions.UserError",
    "exc_message": "The shop is closed",
    "exc_info": TRACEBACK,
}

root = env.ref("queue_job.channel_root")
channel = {"name": "orders", "parent_id": root.id, "capacity": "4"}
env["queue.job.channel"].create(channel)
shop = env["res.partner"].create({"name": "Corner Shop"})


def sending(description):
    delayable = shop.delayable(channel="root.orders", description=description)
    return delayable.write({"ref": "S00042"})


first, invoice, other = map(
    sending, ("Send the order", "Send the invoice", "Send another order")
)
chain(first, invoice).delay()
other.delay()
for delayable in (first, other):
    job = delayable._generated_job
    job.set_started()
    job.set_failed(**FAILURE)
    job.store()
    job.db_record()._message_post_on_failure()
env.cr.commit()

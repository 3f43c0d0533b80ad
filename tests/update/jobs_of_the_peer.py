"""Run in ``odoo shell`` with the peer: a database with a bit of everything.

Only the API that both addons have is used.
"""

# ruff: noqa: F821 - env is the shell's
from lxml import etree

from odoo.addons.queue_job.delay import chain, group
from odoo.addons.queue_job.job import Job

partner = env["res.partner"].create({"name": "Partner of jobs", "ref": "jobs"})
parameters = env["ir.config_parameter"]
root = env.ref("queue_job.channel_root")
channel = env["queue.job.channel"].create(
    {"name": "shop", "parent_id": root.id, "removal_interval": 7}
)
model = env.ref("base.model_res_partner")
for _duplicate in range(2):
    env["queue.job.function"].create(
        {
            "model_id": model.id,
            "method": "write",
            "channel_id": channel.id,
            "edit_retry_pattern": "{1: 10, 5: (60, 120)}",
            "edit_related_action": "{'kwargs': {'a': 1}}",
        }
    )


def store(state, text, **options):
    job = partner.with_delay(description=text, **options).write({"comment": text})
    if state == "failed":
        job.set_started()
        job.set_failed(exc_name="E", exc_message="why", exc_info=TRACEBACK)
        job.store()
    elif state != "pending":
        getattr(job, f"set_{state}")()
        job.store()
    env.flush_all()
    return job


TRACEBACK = """Traceback (most recent call last):
  File "/opt/addons/my_shop/models/order.py", line 345, in send
ValueError: why
"""
for state in ("pending", "enqueued", "started", "done", "cancelled", "failed"):
    store(state, f"one {state}", max_retries=3)
# a newer one with the key of a job which runs: after the update both wait
store("started", "older duplicate", identity_key="duplicate")
store("pending", "newer duplicate", identity_key="duplicate")
chain(
    group(
        partner.delayable(description="graph a").write({"function": "a"}),
        partner.delayable(description="graph b").write({"website": "b.example"}),
    ),
    partner.delayable(description="graph c").write({"street": "c"}),
).delay()
# arguments of all kinds, in each state; what they become shows in the parameter's value
element = etree.Element("order")
element.text = "é"
ODD = {
    "nul": "abc\x00def",
    "surrogate": "caf\udce9",
    "nan": float("nan"),
    "big": "x" * 10_000_000,
    "order": {"z": 1, "a": 2, "_type": "moon"},
    "lxml": element,
    "unknown": partner,
    "broken": "broken",
}
for kind, value in ODD.items():
    for state in ("pending", "enqueued", "started", "done", "cancelled", "failed"):
        name = f"odd {kind} {state}"
        job = parameters.with_delay(description=name).set_param(name, value)
        if state == "failed":
            job.set_failed(exc_name="E", exc_message="why", exc_info=TRACEBACK)
        elif state != "pending":
            getattr(job, f"set_{state}")()
        job.store()
env.flush_all()
for kind, old, new in (
    ("unknown", "res.partner", "no.model"),
    ("broken", "broken", "<order/>tail"),
):
    env.cr.execute(
        """
        UPDATE queue_job
           SET args = to_jsonb(replace(args #>> '{}', %s, %s))
         WHERE name LIKE %s
        """,
        (old, new, f"odd {kind} %"),
    )
env.cr.execute(
    """
    UPDATE queue_job
       SET args = to_jsonb(replace(args #>> '{}', '"<order/>tail"',
                  '{"_type": "etree_element", "value": "<order/>tail"}'))
     WHERE name LIKE 'odd broken %'
    """
)
job = partner.with_delay(
    eta="2040-01-01 00:00:00", priority=3, description="arguments"
).write({"ref": "é", "category_id": []})
assert isinstance(job, Job)
env.cr.commit()

"""Components come and go with their addon in a server that goes on running."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest


def heard_by(client, count=6):
    """Return what several requests at once tell, whichever worker answers."""
    with ThreadPoolExecutor(3) as pool:
        return set(pool.map(lambda _number: client.is_heard(), range(count)))


@pytest.mark.parametrize("workers", [0, 2], ids=["threads", "workers"])
def test_each_database_sees_its_own_components_at_once(two_databases, serve, workers):
    server, (one, other) = serve(two_databases, workers)
    assert heard_by(one) == heard_by(other) == {False}

    one.module("button_immediate_install")
    assert heard_by(one) == {True}
    assert heard_by(other) == {False}, "the addon is imported, but not installed there"

    other.module("button_immediate_install")
    assert heard_by(one) == heard_by(other) == {True}

    one.module("button_immediate_upgrade")
    assert heard_by(one) == heard_by(other) == {True}

    one.module("button_immediate_uninstall")
    assert heard_by(one) == {False}
    assert heard_by(other) == {True}

    one.module("button_immediate_install")
    assert heard_by(one) == heard_by(other) == {True}
    server.require_alive()
    assert " ERROR " not in server.log.read_text()

"""Components come and go with their addon in a server that goes on running."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest


def received_by(client, count=6):
    """Return what several requests at once tell, whichever worker answers."""
    with ThreadPoolExecutor(3) as pool:
        return set(pool.map(lambda _number: client.is_received(), range(count)))


@pytest.mark.parametrize("workers", [0, 2], ids=["threads", "workers"])
def test_each_database_sees_its_own_components_at_once(two_databases, serve, workers):
    server, (one, other) = serve(two_databases, workers)
    assert received_by(one) == received_by(other) == {False}

    one.module("button_immediate_install")
    assert received_by(one) == {True}
    assert received_by(other) == {False}, "imported, but not installed"

    other.module("button_immediate_install")
    assert received_by(one) == received_by(other) == {True}

    one.module("button_immediate_upgrade")
    assert received_by(one) == received_by(other) == {True}

    one.module("button_immediate_uninstall")
    assert received_by(one) == {False}
    assert received_by(other) == {True}

    one.module("button_immediate_install")
    assert received_by(one) == received_by(other) == {True}
    server.require_alive()
    assert " ERROR " not in server.log.read_text()

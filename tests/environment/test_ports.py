"""A port that cannot be used is reported with the variable to set."""

from __future__ import annotations

import socket

import pytest

from setup import ports
from setup.errors import SetupError


def test_a_taken_port_names_the_variable_for_another() -> None:
    with socket.socket() as taken:
        taken.bind((ports.HOST, 0))
        taken.listen()
        number = taken.getsockname()[1]
        with pytest.raises(SetupError) as failure:
            ports.require_free(number, "ODOO_PORT", "Odoo")
    message = str(failure.value)
    assert f"port {number} is taken, Odoo can't listen there" in message
    assert f"ODOO_PORT={number + 1}" in message
    ports.require_free(number, "ODOO_PORT", "Odoo")


@pytest.mark.parametrize("text", ["coffee", "-1", "0", "70000", "80.5"])
def test_a_port_that_is_none_is_refused(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COFFEE_PORT", text)
    with pytest.raises(SetupError, match=f"COFFEE_PORT={text} is no port"):
        ports.from_environment("COFFEE_PORT", 8100)

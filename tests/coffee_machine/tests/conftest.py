import pytest

from .. import running
from .client import Client


@pytest.fixture(params=[1, 2], ids=["firmware1", "firmware2"])
def firmware(request):
    return request.param


@pytest.fixture
def device():
    with running(recipes=30, badges=10, brews=60) as device:
        yield device


@pytest.fixture
def client(device):
    client = Client(device)
    client.login()
    with client.session:
        yield client


@pytest.fixture
def each_client(firmware):
    """A client of each firmware's machine, in turn."""
    with running(firmware=firmware, recipes=30, badges=10, brews=60) as device:
        client = Client(device)
        client.login()
        with client.session:
            yield client

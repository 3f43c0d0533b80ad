"""Record what another system answers, and replay it where there is none.

::

    def test_recipes_arrive(self):
        with self.recorded("recipes"):
            self.backend._start_flow("recipes")

The answers are in ``cassettes/recipes.yaml`` beside the test. To record them, have the
other system there and run the test with ``CONNECTOR_RECORD=1`` in the environment: the
file is made anew. Otherwise no call leaves the machine, and one that was not recorded
is an error.

Passwords, tokens and keys are not recorded: neither those in headers and addresses, nor
JSON values with telling names. Look at a new file all the same before you commit it.
"""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from odoo.tests.common import _super_send

from ..components.http.redaction import MASK, mask, mask_data

RECORD = "CONNECTOR_RECORD"
_SECRET_HEADERS = (
    *("authorization", "proxy-authorization", "cookie", "set-cookie"),
    *("x-api-key", "api-key", "x-auth-token", "x-access-token"),
)


class Records:
    """Part of ``ConnectorCase``."""

    @contextmanager
    def recorded(
        self, name: str, match_on: tuple[str, ...] = ("method", "path", "query")
    ) -> Iterator[Any]:
        """Replay the answers of a recording, or make it.

        :param name: of the file, without its ending
        :param match_on: what makes a call the one that was recorded; ``body`` too?
            Where it is, the location of the backend, makes no difference.
        :raise FileNotFoundError: it was never recorded
        """
        # Only who records or replays needs it.
        import vcr

        folder = Path(inspect.getfile(type(self))).parent / "cassettes"
        path = folder / f"{name}.yaml"
        recording = bool(os.environ.get(RECORD))
        if recording:
            path.unlink(missing_ok=True)
        elif not path.exists():
            raise FileNotFoundError(
                f"{path} is missing: have the other system there, and run this test "
                f"with {RECORD}=1 in the environment"
            )
        recorder = vcr.VCR(
            record_mode="once" if recording else "none",
            match_on=match_on,
            decode_compressed_response=True,
            before_record_request=_request_without_secrets,
            before_record_response=_response_without_secrets,
        )
        with (
            # Odoo keeps tests from calling out; a replay cannot.
            patch.object(type(self), "_request_handler", _let_through),
            recorder.use_cassette(str(path)) as cassette,
        ):
            yield cassette


def _let_through(session, request, **kwargs):
    # As it was before Odoo's tests guarded it.
    return _super_send(session, request, **kwargs)


def _request_without_secrets(request):
    parts = urlsplit(request.uri)
    query = [
        (name, mask_data({name: value})[name])
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    # A copy of the call that is made: what it shares with that must stay.
    request.uri = urlunsplit(parts._replace(query=urlencode(query)))
    request.headers = {
        name: MASK if name.lower() in _SECRET_HEADERS else value
        for name, value in request.headers.items()
    }
    request.body = _masked_body(request.body)
    return request


def _response_without_secrets(response):
    response["headers"] = {
        name: [MASK] if name.lower() in _SECRET_HEADERS else value
        for name, value in response["headers"].items()
        # The masked body has another length.
        if name.lower() != "content-length"
    }
    response["body"]["string"] = _masked_body(response["body"]["string"])
    return response


def _masked_body(body):
    try:
        text = body.decode() if isinstance(body, bytes) else body
        if not isinstance(text, str) or not text:
            return body
        return json.dumps(mask_data(json.loads(text)), ensure_ascii=False).encode()
    except UnicodeDecodeError:
        # An image, a document: not where secrets are.
        return body
    except ValueError:
        return mask(text).encode()

"""Records the responses of an external system, and replays them without it.

::

    def test_recipes_arrive(self):
        with self.recorded("recipes"):
            self.backend._start_flow("recipes")

The responses are stored in ``cassettes/recipes.yaml`` next to the test. To record them,
run the test with access to the external system and ``CONNECTOR_RECORD=1`` in the
environment: the file is overwritten. Otherwise no request leaves the machine, and one
that was not recorded is an error.

Passwords, tokens and keys are not recorded: neither in headers and URLs, nor in JSON
values with such names. Review a new file nevertheless before you commit it.
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
        """Replay the responses of a recording, or record them.

        :param name: name of the file, without its extension
        :param match_on: parts of a request that identify a recorded one, for example
            ``body``. The location of the backend is ignored.
        :raise FileNotFoundError: it was never recorded
        """
        # Only needed to record or replay.
        import vcr

        folder = Path(inspect.getfile(type(self))).parent / "cassettes"
        path = folder / f"{name}.yaml"
        recording = bool(os.environ.get(RECORD))
        if recording:
            path.unlink(missing_ok=True)
        elif not path.exists():
            raise FileNotFoundError(
                f"{path} is missing: run this test with access to the external system "
                f"and {RECORD}=1 in the environment"
            )
        recorder = vcr.VCR(
            record_mode="once" if recording else "none",
            match_on=match_on,
            decode_compressed_response=True,
            before_record_request=_request_without_secrets,
            before_record_response=_response_without_secrets,
        )
        with (
            # Odoo blocks external requests of tests; a replay sends none.
            patch.object(type(self), "_request_handler", _let_through),
            recorder.use_cassette(str(path)) as cassette,
        ):
            yield cassette


def _let_through(session, request, **kwargs):
    # The original, before Odoo's tests patched it.
    return _super_send(session, request, **kwargs)


def _request_without_secrets(request):
    parts = urlsplit(request.uri)
    query = [
        (name, mask_data({name: value})[name])
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    # A copy of the actual request: shared objects must not be changed.
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
        # An image or a document, without secrets.
        return body
    except ValueError:
        return mask(text).encode()

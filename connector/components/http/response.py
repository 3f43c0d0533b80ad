"""An HTTP response, decoded as JSON in UTF-8."""

import json
from typing import Any

import requests


class RemoteResponse(requests.Response):
    """JSON is UTF-8, whatever charset or content type is declared (RFC 8259)."""

    def json(self, **kwargs: Any) -> Any:
        """Return the decoded content; a byte order mark is accepted.

        :raise requests.JSONDecodeError: it is not valid JSON, or not valid UTF-8
        """
        try:
            return json.loads(self.content.decode("utf-8-sig"), **kwargs)
        except json.JSONDecodeError as error:
            raise requests.JSONDecodeError(error.msg, error.doc, error.pos) from error
        except UnicodeDecodeError as error:
            raise requests.JSONDecodeError(str(error), "", error.start) from error
        except (ValueError, RecursionError) as error:
            # A number with too many digits, or lists nested too deeply.
            raise requests.JSONDecodeError(str(error), "", 0) from error

    @property
    def text(self) -> str:
        """The content as text: UTF-8 if valid, else in the declared charset."""
        try:
            return self.content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return super().text

"""An answer, read as JSON is written nowadays."""

import json
from typing import Any

import requests


class RemoteResponse(requests.Response):
    """JSON is UTF-8, whatever charset or type of content is told (RFC 8259)."""

    def json(self, **kwargs: Any) -> Any:
        """Return the decoded content; a byte order mark is let pass.

        :raise requests.JSONDecodeError: it is no JSON, or no valid UTF-8
        """
        try:
            return json.loads(self.content.decode("utf-8-sig"), **kwargs)
        except json.JSONDecodeError as error:
            raise requests.JSONDecodeError(error.msg, error.doc, error.pos) from error
        except UnicodeDecodeError as error:
            raise requests.JSONDecodeError(str(error), "", error.start) from error
        except (ValueError, RecursionError) as error:
            # A number of too many digits, lists in lists in lists.
            raise requests.JSONDecodeError(str(error), "", 0) from error

    @property
    def text(self) -> str:
        """The content for people to read: UTF-8 if it is, else as it says."""
        try:
            return self.content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return super().text

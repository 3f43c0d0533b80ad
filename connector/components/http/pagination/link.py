"""Paging by the link to the next page."""

from collections.abc import Callable
from urllib.parse import urljoin

import requests

from ..redaction import strip_secrets
from .base import Paging
from .link_header import next_link


class LinkPaging(Paging):
    """The header ``Link: <...>; rel="next"`` of RFC 8288, or a link in the body.

    :param link: returns the URL of the next page, falsy on the last one
    """

    def __init__(
        self, link: Callable[[requests.Response], str | None] = next_link, **kwargs
    ):
        super().__init__(**kwargs)
        self._link = link

    def _next_pages(self, response, page_token, records):
        link = self._link(response)
        # Relative to the request; a key in the URL must not be stored in a job.
        return [{"url": strip_secrets(urljoin(response.url, link))}] if link else []

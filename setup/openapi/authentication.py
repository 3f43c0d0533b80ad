"""How requests are authenticated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .document import Document, mapping

_BEARER = "BearerAuth(self._credentials()[1])"
_NOT_SURE = (
    "# The description does not say how requests are authenticated: correct this.",
    "def _build_request_auth(self):",
    "    return BasicAuth(*self._credentials())",
)


def auth_lines(document: Document) -> list[str]:
    """Return the lines of an adapter that authenticate its requests.

    Of several ways, one is taken: a token before a key before a login.
    """
    content = document.content
    if document.is_swagger:
        schemes = mapping(content.get("securityDefinitions"))
    else:
        schemes = mapping(mapping(content.get("components")).get("securitySchemes"))
    wanted = content.get("security")
    known = [
        way
        # Each entry is an alternative; what is in one of them is needed together.
        for entry in (wanted if isinstance(wanted, list) else _alone(schemes))
        if len(mapping(entry)) == 1
        if (way := _way(document.resolve(schemes.get(next(iter(entry))))))
    ]
    if not known:
        return list(_NOT_SURE)
    _rank, source, comment = min(known)
    lines = [f"# {comment}"] if comment else []
    return [*lines, "def _build_request_auth(self):", f"    return {source}"]


def _alone(schemes: Mapping[str, Any]) -> list[dict[str, list]]:
    """Return the only scheme as required: with several, it is not said which."""
    return [{name: []} for name in schemes] if len(schemes) == 1 else []


def _way(scheme: Mapping[str, Any]) -> tuple[int, str, str] | None:
    """Return the rank of a scheme, its source, and what an author must know."""
    kind, name = scheme.get("type"), scheme.get("scheme")
    place = scheme.get("in")
    if kind == "http" and str(name).lower() == "bearer":
        return 0, _BEARER, "The password of the backend is the token."
    if kind == "apiKey" and place in ("header", "query"):
        argument = "header" if place == "header" else "param"
        key = json.dumps(str(scheme.get("name")))
        source = f"ApiKeyAuth(self._credentials()[1], {argument}={key})"
        return 1, source, "The password of the backend is the key."
    if kind == "basic" or (kind == "http" and str(name).lower() == "basic"):
        return 2, "BasicAuth(*self._credentials())", ""
    if kind == "oauth2":
        return 3, _BEARER, "The password of the backend is an access token of OAuth 2."
    return None

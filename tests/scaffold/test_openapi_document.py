"""Descriptions as they should not be, and what small ones say."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from setup import openapi
from setup.errors import SetupError
from setup.openapi.document import Document
from setup.openapi.paging import paging_source, since_parameter

CUSTOMER: dict[str, Any] = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string"},
        "email": {"type": ["string", "null"]},
        "phone": {},
        "updated_at": {"type": "string", "format": "date-time"},
        "parent": {"$ref": "#/components/schemas/Customer"},
    },
}


def described(*parameters: Any, **more: Any) -> dict[str, Any]:
    """Return a description of customers in a plain list."""
    one = {"$ref": "#/components/schemas/Customer"}

    def answer(schema: Any) -> dict[str, Any]:
        content = {"application/json; charset=utf-8": {"schema": schema}}
        return {"responses": {"200": {"content": content}}}

    return {
        "openapi": "3.1.0",
        "paths": {
            "x-noise": 1,
            "/customers": {
                "parameters": list(parameters),
                "get": answer({"type": "array", "items": one}),
            },
            "/customers/{customerId}": {"get": answer(one), "x-noise": [None]},
        },
        "components": {"schemas": {"Customer": copy.deepcopy(CUSTOMER)}},
        **more,
    }


def parameter(name: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "string", **schema}}


def only(content: dict[str, Any]) -> tuple[Document, openapi.Collection]:
    document = Document(content, "api.json")
    (one,), unusable = openapi.find_collections(document)
    assert not unusable
    return document, one


def lines(content: dict[str, Any]) -> list[str]:
    document, one = only(content)
    return list(openapi.model_plan(document, one, "res.partner").import_map or ())


def test_a_plain_list_with_null_types_missing_types_and_cycles():
    assert lines(described()) == [
        '(key("name") >> str.strip, "name"),',
        '(optional("email"), "email"),',
        "# Keys that the description has as well:",
        '# ("phone", "..."),  # of no declared type',
        '# ("updated_at", "..."),  # string, date-time',
        '# ("parent", "..."),  # object',
    ]


@pytest.mark.parametrize(
    "node",
    [
        {"$ref": "#/components/schemas/Customer"},
        {"allOf": [{"$ref": "#/components/schemas/Customer"}]},
        {"anyOf": [{"$ref": "#/components/schemas/Customer"}, {"type": "null"}]},
    ],
)
def test_a_schema_that_refers_to_itself_says_nothing(node):
    content = described()
    content["components"]["schemas"]["Customer"] = node
    found, unusable = openapi.find_collections(Document(content, "api.json"))
    assert not found
    assert not unusable or unusable[0].path == "/customers"


def test_a_description_without_schemas_has_no_lists():
    content = described()
    for item in content["paths"].values():
        if isinstance(item, dict):
            item["get"] = {"responses": {"200": {"description": "fine"}}}
    found, (one,) = openapi.find_collections(Document(content, "api.json"))
    assert not found
    assert "no key that is surely that of the records" in one.reason


def test_a_key_cannot_leave_its_comment():
    content = described()
    key = 'x"),\nimport os  # '
    kind = {"type": "string", "format": "a\nimport os"}
    content["components"]["schemas"]["Customer"]["properties"] |= {key: kind}
    assert all(
        line.startswith(("#", "(")) for text in lines(content) for line in [text]
    )
    assert not any("\nimport" in text for text in lines(content))


@pytest.mark.parametrize(
    ("parameters", "source"),
    [
        ([], None),
        ([parameter("page")], None),
        (
            [parameter("page"), parameter("per_page", maximum=50)],
            'PagePaging(size=50, page="page", per_page="per_page")',
        ),
        # Pages counted from zero are not those of PagePaging.
        ([parameter("page", default=0), parameter("per_page")], None),
        (
            [parameter("offset"), parameter("limit")],
            'OffsetPaging(size=100, offset="offset", limit="limit")',
        ),
        (
            [parameter("since_id"), parameter("limit")],
            'LastIdPaging(size=100, after="since_id", limit="limit")',
        ),
        # The response does not say where the next cursor is.
        ([parameter("cursor"), parameter("limit")], None),
    ],
)
def test_paging_is_that_of_the_parameters(parameters, source):
    assert paging_source(only(described(*parameters))[1]) == source


def test_changes_are_requested_by_a_time_that_records_have():
    content = described(parameter("updated_since"))
    assert since_parameter(only(content)[1]) == "updated_since"
    del content["components"]["schemas"]["Customer"]["properties"]["updated_at"]
    assert since_parameter(only(content)[1]) is None


def test_a_list_that_requires_a_parameter_is_not_used():
    content = described({**parameter("shop"), "required": True})
    found, (one,) = openapi.find_collections(Document(content, "api.json"))
    assert not found
    assert one.reason == "the list requires the parameter shop"


@pytest.mark.parametrize(
    ("scheme", "source"),
    [
        ({"type": "http", "scheme": "Basic"}, "BasicAuth(*self._credentials())"),
        ({"type": "http", "scheme": "bearer"}, "BearerAuth(self._credentials()[1])"),
        (
            {"type": "apiKey", "in": "query", "name": "k"},
            'ApiKeyAuth(self._credentials()[1], param="k")',
        ),
    ],
)
def test_authentication(scheme, source):
    content = described(components={"securitySchemes": {"one": scheme}})
    said = openapi.auth_lines(Document(content, "api.json"))
    assert said[-1] == f"    return {source}"


def test_authentication_that_is_not_supported_is_told():
    cookie = {"type": "apiKey", "in": "cookie", "name": "session"}
    content = described(components={"securitySchemes": {"one": cookie}})
    assert "does not say" in openapi.auth_lines(Document(content, "api.json"))[0]


def test_swagger_and_yaml_with_windows_line_ends(tmp_path):
    text = """swagger: '2.0'
securityDefinitions: {login: {type: basic}}
paths:
  /contacts:
    get:
      parameters: [{name: offset, in: query, type: integer},
                   {name: limit, in: query, type: integer, maximum: 20}]
      responses: {200: {schema: {properties: {
        contacts: {type: array, items: {$ref: '#/definitions/Contact'}}}}}}
  /contacts/{id}:
    get: {responses: {200: {schema: {$ref: '#/definitions/Contact'}}}}
    put: {parameters: [{name: body, in: body, schema: {}}]}
definitions: {Contact: {properties: {id: {type: string}, name: {type: string}}}}
"""
    path = tmp_path / "api.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    document = openapi.load(path)
    (one,), _unusable = openapi.find_collections(document)
    assert (one.list_key, one.record_key, one.id_key) == ("contacts", None, "id")
    assert one.update_method == "PUT"
    assert paging_source(one) == (
        'OffsetPaging(size=20, offset="offset", limit="limit")'
    )
    assert "BasicAuth" in openapi.auth_lines(document)[-1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "is no OpenAPI description"),
        ("{}", "is no OpenAPI description"),
        ('{"openapi": ', "is not valid JSON"),
        ("a: [", "neither valid JSON nor YAML"),
        ('{"openapi": "4.0.0"}', "is of version 4.0.0"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(tmp_path, text, message):
    path = tmp_path / "api"
    path.write_text(text)
    with pytest.raises(SetupError, match=message):
        openapi.load(path)


def test_a_file_that_is_missing_is_told(tmp_path: Path):
    with pytest.raises(SetupError, match="cannot be read: No such file"):
        openapi.load(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("other.json#/Customer", "refers to another file"),
        ("#/components/schemas/Custmer", "leads nowhere"),
    ],
)
def test_references_that_cannot_be_followed_are_told(reference, message):
    text = json.dumps(described())
    text = text.replace("#/components/schemas/Customer", reference)
    with pytest.raises(SetupError, match=message):
        openapi.find_collections(Document(json.loads(text), "api.json"))

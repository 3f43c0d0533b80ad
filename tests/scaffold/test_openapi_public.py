"""Public descriptions of real APIs: what is found, and that nothing else is claimed.

They are fetched from a package of Node's index, and are never part of this repository.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from setup import openapi
from setup.scaffold.plan import ModelPlan


def plans(path: Path, *chosen: str) -> dict[str, ModelPlan]:
    document = openapi.load(path)
    found, unusable = openapi.find_collections(document)
    return {
        model: openapi.model_plan(document, one, model)
        for model, one in openapi.choose(document, found, unusable, *chosen)
    }


def said(plan: ModelPlan) -> dict[str, Any]:
    one = plan.resource
    return {
        "path": one.path,
        "list": one.list_key,
        "record": one.record_key,
        "id": one.id_key,
        "paging": one.paging,
        "update": one.update_method,
        "version": one.version_key,
        "since": plan.flows[0].since,
    }


def mapped(plan: ModelPlan) -> list[str]:
    lines = plan.import_map or ()
    return [" ".join(line.split()) for line in lines if not line.startswith("#")]


def suggested(plan: ModelPlan) -> set[str]:
    return {line for line in plan.import_map or () if line.startswith("# (")}


def test_stripe(descriptions):
    path = descriptions / "stripe.com.json"
    found = plans(path)
    assert set(found) == {"res.partner", "product.template"}
    customers = found["res.partner"]
    assert said(customers) == {
        "path": "/v1/customers",
        "list": "data",
        "record": None,
        "id": "id",
        "paging": 'LastIdPaging(size=100, after="starting_after", limit="limit")',
        # Updates are forms, not JSON.
        "update": None,
        # Only the time of creation is described, and filtered by.
        "version": None,
        "since": None,
    }
    assert mapped(customers) == [
        '(optional("name") >> str.strip, "name"),',
        '(optional("email"), "email"),',
        '(optional("phone"), "phone"),',
        '(optional("address.line1"), "street"),',
        '(optional("address.line2"), "street2"),',
        '(optional("address.postal_code"), "zip"),',
        '(optional("address.city"), "city"),',
        '( upper(optional("address.country")) >> search_by("res.country", "code"), '
        '"country_id", ),',
    ]
    assert {
        '# ("balance", "..."),  # integer',
        '# ("created", "..."),  # integer, unix-time',
        '# ("default_source", "..."),  # object or string',
    } <= suggested(customers)
    # A price is a record of its own, which may be given by its ID.
    assert mapped(found["product.template"]) == ['(key("name") >> str.strip, "name"),']
    assert openapi.auth_lines(openapi.load(path))[-1] == (
        "    return BearerAuth(self._credentials()[1])"
    )


def test_billingo(descriptions):
    path = descriptions / "billingo.hu.json"
    found = plans(path)
    partners = found["res.partner"]
    assert said(partners) == {
        "path": "/partners",
        "list": "data",
        "record": None,
        "id": "id",
        "paging": 'PagePaging(size=100, page="page", per_page="per_page")',
        "update": "PUT",
        "version": None,
        "since": None,
    }
    assert mapped(partners) == [
        '(key("name") >> str.strip, "name"),',
        '(optional("phone"), "phone"),',
        '("address.post_code", "zip"),',
        '("address.city", "city"),',
        '( upper("address.country_code") >> search_by("res.country", "code"), '
        '"country_id", ),',
    ]
    assert '# ("emails", "..."),  # array' in suggested(partners)
    products = found["product.template"]
    assert mapped(products) == ['(key("name") >> str.strip, "name"),']
    # Whether a price is net depends on the taxes of the company.
    assert '# ("net_unit_price", "..."),  # number, float' in suggested(products)
    assert openapi.auth_lines(openapi.load(path))[-1] == (
        '    return ApiKeyAuth(self._credentials()[1], header="X-API-KEY")'
    )


def test_square(descriptions):
    path = descriptions / "squareup.com.json"
    # Its customers have a first and a last name, and no name: the author has to choose.
    assert plans(path) == {}
    customers = plans(path, "res.partner", "/v2/customers")["res.partner"]
    assert said(customers) == {
        "path": "/v2/customers",
        "list": "customers",
        "record": "customer",
        "id": "id",
        "paging": (
            'CursorPaging(lambda response: response.json().get("cursor"), '
            'cursor="cursor")'
        ),
        "update": "PUT",
        "version": "updated_at",
        "since": None,
    }
    assert '(optional("email_address"), "email"),' in mapped(customers)
    assert '# ("given_name", "..."),  # string' in suggested(customers)


def test_records_that_are_read_as_a_list_are_not_used(descriptions):
    document = openapi.load(descriptions / "xero.com" / "xero_accounting.json")
    found, unusable = openapi.find_collections(document)
    assert not found
    assert "a single record does not look like one of the list" in {
        one.reason for one in unusable if one.path == "/Contacts"
    }

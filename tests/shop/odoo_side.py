"""What Odoo holds, read from its database, in the words of the shop.

Plain SQL: nothing of the connector is asked what it meant to write.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
from psycopg2.extras import RealDictCursor

from .shop_side import Facts, cents

BINDINGS = {
    "product": "medusa_product_template",
    "variant": "medusa_product_product",
    "customer": "medusa_res_partner",
    "order": "medusa_sale_order",
}

_PRODUCTS = """
SELECT b.external_id, t.name->>'en_US' AS title,
       coalesce(t.description_sale->>'en_US', '') AS description,
       EXISTS (SELECT FROM ir_attachment a WHERE a.res_model = 'product.template'
               AND a.res_field = 'image_1920' AND a.res_id = t.id
               AND a.file_size > 0) AS picture,
       ARRAY(SELECT v.external_id FROM medusa_product_product v
             JOIN product_product p ON p.id = v.odoo_id
             WHERE p.product_tmpl_id = t.id AND p.active
             ORDER BY v.external_id) AS variants
  FROM medusa_product_template b JOIN product_template t ON t.id = b.odoo_id
 WHERE t.active
"""
_VARIANTS = """
SELECT b.external_id, p.default_code,
       coalesce((t.list_price)::numeric, 0) + coalesce((
           SELECT sum(v.price_extra) FROM product_variant_combination c
           JOIN product_template_attribute_value v
             ON v.id = c.product_template_attribute_value_id
          WHERE c.product_product_id = p.id), 0) AS price,
       ARRAY(SELECT a.name->>'en_US' FROM product_variant_combination c
             JOIN product_template_attribute_value v
               ON v.id = c.product_template_attribute_value_id
             JOIN product_attribute_value a ON a.id = v.product_attribute_value_id
            WHERE c.product_product_id = p.id) AS values
  FROM medusa_product_product b JOIN product_product p ON p.id = b.odoo_id
  JOIN product_template t ON t.id = p.product_tmpl_id
 WHERE p.active AND t.active
"""
_CUSTOMERS = """
SELECT b.external_id, p.id, p.name, p.email, p.phone
  FROM medusa_res_partner b JOIN res_partner p ON p.id = b.odoo_id
 WHERE p.active
"""
_ADDRESSES = """
SELECT coalesce(p.parent_id, p.id) AS owner, p.street, p.street2, p.zip, p.city,
       lower(c.code) AS country
  FROM res_partner p JOIN res_country c ON c.id = p.country_id
 WHERE p.active AND p.street IS NOT NULL
"""
_ORDERS = """
SELECT b.external_id, o.id, o.client_order_ref AS number, o.state, p.email,
       c.name AS currency, o.amount_tax, o.amount_total
  FROM medusa_sale_order b JOIN sale_order o ON o.id = b.odoo_id
  JOIN res_partner p ON p.id = o.partner_id
  JOIN res_currency c ON c.id = o.currency_id
"""
_LINES = """
SELECT l.order_id, p.default_code, l.product_uom_qty, l.price_unit
  FROM sale_order_line l JOIN product_product p ON p.id = l.product_id
  JOIN medusa_product_product b ON b.odoo_id = p.id
"""


class Database:
    """Odoo's database."""

    def __init__(self, name: str) -> None:
        self.name = name

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """Return the rows of a query."""
        with closing(psycopg2.connect(dbname=self.name)) as connection:
            with connection.cursor(cursor_factory=RealDictCursor) as cursor:
                cursor.execute(statement)
                return [dict(row) for row in cursor.fetchall()]

    def twice(self) -> Iterator[str]:
        """Yield what is there more than once."""
        for kind, table in BINDINGS.items():
            for column in ("external_id", "odoo_id"):
                for row in self.rows(
                    f"SELECT {column} AS id, count(*) FROM {table} WHERE {column} "
                    f"IS NOT NULL GROUP BY backend_id, {column} HAVING count(*) > 1"
                ):
                    yield f"{kind}: {row['count']} bindings have {column} {row['id']}"
        for row in self.rows(
            "SELECT client_order_ref AS ref, count(*) FROM sale_order "
            "WHERE client_order_ref IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
        ):
            yield f"order: {row['count']} have the number {row['ref']}"

    def products(self) -> Facts:
        """Return the products that are for sale."""
        return {
            row["external_id"]: {
                "title": row["title"],
                "description": row["description"].strip(),
                "has a picture": row["picture"],
                "variants": sorted(row["variants"]),
            }
            for row in self.rows(_PRODUCTS)
        }

    def variants(self) -> Facts:
        """Return the variants that are for sale."""
        return {
            row["external_id"]: {
                "SKU": row["default_code"],
                "price in EUR": cents(row["price"]),
                "values": sorted(v for v in row["values"] if v != "One size"),
            }
            for row in self.rows(_VARIANTS)
        }

    def customers(self) -> Facts:
        """Return the customers with all of their addresses."""
        homes: dict[int, list[tuple[str, ...]]] = {}
        names = ("street", "street2", "zip", "city", "country")
        for row in self.rows(_ADDRESSES):
            home = tuple(row[name] or "" for name in names)
            homes.setdefault(row["owner"], []).append(home)
        return {
            row["external_id"]: {
                "name": row["name"],
                "email": row["email"],
                "phone": "".join(filter(str.isdigit, row["phone"] or "")),
                "addresses": sorted(homes.get(row["id"], [])),
            }
            for row in self.rows(_CUSTOMERS)
        }

    def orders(self) -> Facts:
        """Return the orders with their lines and amounts."""
        lines: dict[int, Counter[tuple[str, int, int]]] = {}
        for row in self.rows(_LINES):
            line = (
                row["default_code"],
                int(row["product_uom_qty"]),
                cents(row["price_unit"]),
            )
            lines.setdefault(row["order_id"], Counter())[line] += 1
        return {
            row["external_id"]: {
                "number": (row["number"] or "").lstrip("#"),
                "canceled": row["state"] == "cancel",
                "email": row["email"],
                "currency": row["currency"],
                "tax": cents(row["amount_tax"]),
                "total": cents(row["amount_total"]),
                "lines": lines.get(row["id"], Counter()),
            }
            for row in self.rows(_ORDERS)
        }

{
    "name": "Components Events",
    "summary": "Events fired by records, caught by components",
    "version": "19.0.2.0.1",
    "author": "Odoo Connector Suite contributors",
    "website": "https://github.com/odoo-connector-suite/connector-suite",
    "license": "LGPL-3",
    "category": "Technical",
    "depends": ["component"],
}

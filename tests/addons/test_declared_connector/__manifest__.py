{
    "name": "Test Declared Connector",
    "summary": "A connector that consists of declarations",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "license": "LGPL-3",
    "author": "Odoo Connector Suite contributors",
    "website": "https://github.com/odoo-connector-suite/connector-suite",
    "depends": ["connector"],
    "data": ["security/ir.model.access.csv"],
}

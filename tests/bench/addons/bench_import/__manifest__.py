{
    "name": "Connector of the Benchmarks",
    "summary": "Runs on the suite and on what it is compared with",
    "version": "19.0.1.0.0",
    "author": "Odoo Connector Suite contributors",
    "website": "https://github.com/odoo-connector-suite/connector-suite",
    "license": "LGPL-3",
    "category": "Hidden",
    "depends": ["connector"],
    "data": ["security/ir.model.access.csv"],
}

{
    "name": "Tests of components",
    "summary": "Real models, components and listeners for the tests of components",
    "version": "19.0.1.0.0",
    "author": "Odoo Connector Suite contributors",
    "website": "https://github.com/odoo-connector-suite/connector-suite",
    "license": "LGPL-3",
    "category": "Hidden",
    "depends": ["component_event"],
    "data": ["security/ir.model.access.csv"],
}

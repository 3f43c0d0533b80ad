{
    "name": "Test Derived Records",
    "summary": "A connector of models and components, without views of its own",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "license": "LGPL-3",
    "author": "Odoo Connector Suite contributors",
    "website": "https://github.com/odoo-connector-suite/connector-suite",
    "depends": [
        "connector",
    ],
    "data": [
        "views/overridden.xml",
        "views/overridden_once.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "test_derived_records/static/tests/tours/**/*",
        ],
    },
}

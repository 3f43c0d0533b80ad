{
    "name": "Test Connector",
    "summary": "A connector to a shop that lives in memory",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "license": "LGPL-3",
    "author": "Odoo Connector Suite contributors",
    "website": "https://github.com/odoo-connector-suite/connector-suite",
    "depends": [
        "connector",
    ],
    "data": [
        "security/ir.model.access.csv",
        "data/queue_job_function.xml",
        "views/market_views.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "test_connector/static/tests/tours/**/*",
        ],
    },
}

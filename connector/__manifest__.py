{
    "name": "Connector",
    "summary": "The base of connectors between Odoo and other systems",
    "version": "19.0.2.0.0",
    "category": "Connector",
    "license": "LGPL-3",
    "author": "Odoo Connector Suite contributors",
    "website": "https://github.com/odoo-connector-suite/connector-suite",
    "depends": [
        "mail",
        "queue_job",
        "component",
        "component_event",
    ],
    "external_dependencies": {
        "python": [
            "packaging",
        ],
    },
    "data": [
        "security/connector_security.xml",
        "security/connector_export_receipt.xml",
        "security/connector_pending_export.xml",
        "views/connector_menu.xml",
        "views/res_partner_views.xml",
    ],
}

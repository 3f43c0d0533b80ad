{
    "name": "Components",
    "summary": "Small classes found by collection, usage and model",
    "version": "19.0.2.0.1",
    "author": "Odoo Connector Suite contributors",
    "website": "https://github.com/odoo-connector-suite/connector-suite",
    "license": "LGPL-3",
    "category": "Technical",
    "depends": ["base"],
    "pre_init_hook": "pre_init_hook",
    "uninstall_hook": "uninstall_hook",
}

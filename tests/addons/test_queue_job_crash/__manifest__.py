{
    "name": "Test Queue Job Crashes",
    "summary": "Jobs that leave a trace of each time their work was committed",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "license": "LGPL-3",
    "author": "Odoo Connector Suite contributors",
    "website": "https://github.com/odoo-connector-suite/connector-suite",
    "depends": ["queue_job"],
    "data": ["security/ir.model.access.csv", "data/queue_job_function.xml"],
}

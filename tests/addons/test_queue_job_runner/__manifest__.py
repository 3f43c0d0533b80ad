{
    "name": "Test Queue Job Runner",
    "summary": "Extends in three ways the class through which every job is run",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "license": "LGPL-3",
    "author": "Odoo Connector Suite contributors",
    "website": "https://github.com/odoo-connector-suite/connector-suite",
    "depends": ["test_queue_job_crash"],
}

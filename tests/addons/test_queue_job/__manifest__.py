{
    "name": "Test Job Queue",
    "summary": "Models and settings to test the job queue with",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Odoo Connector Suite contributors",
    "website": "https://github.com/odoo-connector-suite/connector-suite",
    "license": "LGPL-3",
    "depends": ["queue_job"],
    "data": [
        "security/ir.model.access.csv",
        "data/queue_job_channel_data.xml",
        "data/queue_job_function_data.xml",
    ],
}

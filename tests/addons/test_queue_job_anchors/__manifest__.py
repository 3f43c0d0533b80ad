{
    "name": "Test Queue Job Anchors",
    "summary": "Extends every view of the job queue as other addons do",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "license": "LGPL-3",
    "author": "Odoo Connector Suite contributors",
    "website": "https://github.com/odoo-connector-suite/connector-suite",
    "depends": ["queue_job"],
    "data": ["views/queue_job_views.xml"],
}

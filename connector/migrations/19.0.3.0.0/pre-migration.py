"""Keep job managers as connector managers."""


def migrate(cr, version):
    if version:
        keep_managers(cr)


def keep_managers(cr):
    """Add job managers to the group of connector managers, which their group implied.

    The groups no longer imply each other, as connector managers configure credentials.
    """
    cr.execute(
        """
        WITH RECURSIVE group_of(xmlid, id) AS (
            SELECT module || '.' || name, res_id FROM ir_model_data
             WHERE model = 'res.groups'
        ), managing(id) AS (
            SELECT id FROM group_of
             WHERE xmlid = 'queue_job.group_queue_job_manager'
             UNION
            SELECT implied.gid FROM res_groups_implied_rel implied
              JOIN managing ON managing.id = implied.hid
        )
        INSERT INTO res_groups_users_rel (gid, uid)
        SELECT DISTINCT manager.id, member.uid
          FROM res_groups_users_rel member
          JOIN managing ON managing.id = member.gid
         CROSS JOIN (SELECT id FROM group_of
                      WHERE xmlid = 'connector.group_connector_manager') manager
            ON CONFLICT DO NOTHING
        """
    )

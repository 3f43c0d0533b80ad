from odoo.tests import TransactionCase, tagged

#: elements of each view that other addons may extend: fields, then XPaths
_ANCHORS = {
    "view_queue_job_form": (
        """name uuid graph_uuid func_string job_function_id channel priority eta
        company_id user_id worker_pid date_created date_enqueued date_started date_done
        exec_time retry max_retries result exc_name exc_info dependency_graph state
        graph_jobs_count""",
        """//form //header //header/button //header/button[@name='requeue']
        //button[@name='button_done'] //button[@name='button_cancelled']
        //button[@name='open_related_action'] //header/field[@name='state'] //sheet
        //div[@name='button_box'] //div[hasclass('oe_button_box')]
        //div[@name='button_box']/button[@name='open_graph_jobs'] //h1
        //h1/field[@name='name'] //sheet/group //sheet/group/field
        //sheet/group/group //sheet/group/group[2] //div[field[@name='retry']] //label
        //div/label //div/field[@name='max_retries'] //br //span[hasclass('oe_grey')]
        //span[hasclass('oe_inline')] //notebook //notebook/page
        //page[@name='results'] //page[@name='dependencies'] //group[@name='result']
        //group[@name='exc_info'] //div[@id='exc_name'] //chatter""",
    ),
    "view_queue_job_tree": (
        """name model_name state date_created eta date_done exec_time priority exc_name
        exc_message uuid channel company_id""",
        "//list /list/field",
    ),
    "view_queue_job_search": (
        """uuid graph_uuid name func_string channel job_function_id model_name priority
        exc_name exc_message exc_info result company_id""",
        """//search /search/field /search/filter //separator //group //group/filter
        //filter[@name='wait_dependencies'] //filter[@name='pending']
        //filter[@name='enqueued'] //filter[@name='started'] //filter[@name='done']
        //filter[@name='failed'] //filter[@name='cancelled'] //filter[@name='retried']
        //filter[@name='last_24_hours'] //filter[@name='last_7_days']
        //filter[@name='last_30_days'] //filter[@name='group_by_channel']
        //filter[@name='group_by_job_function_id'] //filter[@name='group_by_state']
        //filter[@name='group_by_priority'] //filter[@name='group_by_model_name']
        //filter[@name='group_by_exc_name'] //filter[@name='group_by_exc_message']
        //filter[@name='group_by_graph'] //filter[@name='group_by_date_created']""",
    ),
    "view_queue_job_pivot": ("exec_time job_function_id date_done", "//pivot"),
    "view_queue_job_graph": ("job_function_id exec_time", "//graph"),
    "view_queue_job_channel_form": (
        "name parent_id complete_name removal_interval job_function_ids",
        "//form //group //group/field //form/group //group[field[@name='name']]",
    ),
    "view_queue_job_channel_tree": ("complete_name", "//list /list/field"),
    "view_queue_job_channel_search": (
        "name complete_name parent_id",
        "//search /search/field /search/filter",
    ),
    "view_queue_job_function_form": (
        """name model_id method channel_id allow_commit edit_retry_pattern
        edit_related_action""",
        "//form //group //group/field //form/group //group[field[@name='name']]",
    ),
    "view_queue_job_function_tree": (
        "name channel_id allow_commit",
        "//list /list/field",
    ),
    "view_queue_job_function_search": (
        "name channel_id",
        """//search /search/field /search/filter //separator //group //group/filter
        //filter[@name='group_by_channel']""",
    ),
    "view_requeue_job": ("job_ids", "//button[@name='requeue']"),
    "view_set_jobs_done": ("job_ids", "//button[@name='set_done']"),
    "view_set_jobs_cancelled": ("job_ids", "//button[@name='set_cancelled']"),
}
_OF_WIZARDS = """//form /form/group //group/field //footer //footer/button
    //button[@special='cancel'] //button[hasclass('oe_highlight')]
    //button[hasclass('oe_link')]"""


@tagged("post_install", "-at_install")
class TestAnchors(TransactionCase):
    def extend(self, view, expr):
        """Extend an element of a view, as another addon does."""
        arch = f'<xpath expr="{expr}" position="attributes"><attribute name="probe"/>'
        self.env["ir.ui.view"].create(
            {
                "name": "probe",
                "model": view.model,
                "inherit_id": view.id,
                "arch": f"{arch}</xpath>",
            }
        )

    def test_each_view_can_be_extended_where_other_addons_do(self):
        for name, (fields, xpaths) in _ANCHORS.items():
            view = self.env.ref(f"queue_job.{name}")
            exprs = [f"//field[@name='{field}']" for field in fields.split()]
            exprs += xpaths.split()
            if "jobs_" in name or name == "view_requeue_job":
                exprs += _OF_WIZARDS.split()
            for expr in exprs:
                with self.subTest(view=name, expr=expr):
                    self.extend(view, expr)

    def test_an_anchor_is_the_elements_of_its_own_model(self):
        """Not an element of a list inside of the form, which shows another model."""
        for name, (fields, _xpaths) in _ANCHORS.items():
            view = self.env.ref(f"queue_job.{name}")
            tree = view._get_combined_arch()
            for field in fields.split():
                found = tree.xpath(f"//field[@name='{field}']")[0]
                self.assertFalse(list(found.iterancestors("field")), (name, field))

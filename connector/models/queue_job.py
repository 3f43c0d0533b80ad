"""Related actions of connector jobs."""

from __future__ import annotations

from typing import Any

from odoo import models


class QueueJob(models.Model):
    _inherit = "queue.job"

    def _neutral_addons(self):
        neutral = super()._neutral_addons()
        if not self._listened_record_events():
            # record events override create and write of all models
            neutral |= {"component_event"}
        return neutral

    def related_action_unwrap_binding(
        self, component_usage: str = "binder"
    ) -> dict[str, Any] | None:
        """Open the record bound by the job's binding, or the binding itself.

        For use as the related action of a job function; ``component_usage`` can be set
        in its ``kwargs``.

        :param component_usage: usage of the binder
        :return: window action, ``None`` if there is nothing to open
        """
        self.ensure_one()
        bindings = self.records.exists()
        if not bindings:
            return None
        records = self._unwrap_bindings(bindings, component_usage)
        if len(records) > 1:
            return {
                "name": self.env._("Related Records"),
                "type": "ir.actions.act_window",
                "view_mode": "list,form",
                "res_model": records._name,
                "domain": [("id", "in", records.ids)],
            }
        return {
            "name": self.env._("Related Record"),
            "type": "ir.actions.act_window",
            # Ignored by Odoo, but connectors compare the whole action.
            "view_type": "form",
            "view_mode": "form",
            "res_model": records._name,
            "res_id": records.id,
        }

    def related_action_open_external(self) -> dict[str, Any] | None:
        """Open the page of the job's binding in the external system.

        For use as the related action of a job function.

        :return: action, ``None`` if there is no page to open
        """
        self.ensure_one()
        binding = self.records.exists()
        if len(binding) != 1 or not binding._external_url():
            return None
        return binding.action_open_external()

    def _unwrap_bindings(self, bindings, component_usage):
        if "backend_id" not in bindings._fields:
            return bindings
        unwrapped = []
        for binding in bindings:
            if not binding.backend_id:
                return bindings
            with binding.backend_id.work_on(binding._name) as work:
                binder = work.component(usage=component_usage)
                try:
                    model = self.env[binder.unwrap_model()]
                    record = binder.unwrap_binding(binding)
                except ValueError:
                    return bindings
            unwrapped.append(record.id)
        return model.browse(unwrapped)

"""Retry pattern and related action of a job function, as users edit them."""

import ast
import json

from odoo import api, exceptions, fields

from ...job.retry import names_policy
from ..part import Part


class FunctionLiterals(Part):
    _name = "queue.job.function"
    _register = False

    edit_retry_pattern = fields.Text(
        string="Retry Pattern",
        compute="_compute_edit_retry_pattern",
        inverse="_inverse_edit_retry_pattern",
        help="Seconds to wait before the next attempt, by number of attempts made. "
        "A pair of seconds means a random value between the two.\n"
        "Example: {1: 10, 5: 20, 10: 30, 15: 300}.\n"
        "Example: {1: (1, 10), 5: (11, 20), 10: (21, 30), 15: (100, 300)}.\n"
        "Or the name of a policy and its settings.\n"
        "Example: {'policy': 'exponential', 'base': 10, 'max': 3600}.",
    )
    edit_related_action = fields.Text(
        string="Related Action",
        compute="_compute_edit_related_action",
        inverse="_inverse_edit_related_action",
        help="Action of the Related button of a job. By default it opens the records "
        "of the job. Keys, all optional: enable, func_name, kwargs."
        "\nExample: {'func_name': 'related_action_open', 'kwargs': {'view': 'form'}}.",
    )

    @api.depends("retry_pattern")
    def _compute_edit_retry_pattern(self):
        for record in self:
            pattern = record.retry_pattern
            if not names_policy(pattern):
                pattern = record._parse_retry_pattern()
            record.edit_retry_pattern = str(pattern)

    def _inverse_edit_retry_pattern(self):
        for record in self:
            record.retry_pattern = record._literal_dict(
                record.edit_retry_pattern, record._retry_pattern_format_error_message
            )

    @api.depends("related_action")
    def _compute_edit_related_action(self):
        for record in self:
            record.edit_related_action = str(record.related_action)

    def _inverse_edit_related_action(self):
        for record in self:
            message = record._related_action_format_error_message
            action = record._literal_dict(record.edit_related_action, message)
            func_name, kwargs = action.get("func_name"), action.get("kwargs")
            try:
                json.dumps(action)
            except TypeError as err:
                raise exceptions.UserError(message()) from err
            if not isinstance(func_name or "", str) or not isinstance(
                {} if kwargs is None else kwargs, dict
            ):
                raise exceptions.UserError(message())
            record.related_action = action

    def _literal_dict(self, text, error_message):
        """Return the dict written as a Python literal in ``text``.

        :raises UserError: with ``error_message()`` if it is anything else
        """
        text = (text or "").strip()
        if not text:
            return {}
        try:
            value = ast.literal_eval(text)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as err:
            raise exceptions.UserError(error_message()) from err
        if value is None:
            return {}
        # keys are stored as JSON: no tuples, and numbers become text
        if not isinstance(value, dict) or not all(
            isinstance(key, str | int) and not isinstance(key, bool) for key in value
        ):
            raise exceptions.UserError(error_message())
        return value

    def _retry_pattern_format_error_message(self):
        # the braces are examples, not placeholders
        # pylint: disable=translation-positional-used
        return self.env._(
            "Unexpected format of Retry Pattern for %s.\n"
            "Example of valid formats:\n"
            "{1: 300, 5: 600, 10: 1200, 15: 3000}\n"
            "{1: (1, 10), 5: (11, 20), 10: (21, 30), 15: (100, 300)}",
            self.name,
        )

    def _retry_value_type_check(self, value):
        """Check a number of attempts or of seconds, or a pair of seconds.

        :raises ValueError, TypeError: if it is not one
        """
        if isinstance(value, list | tuple):
            if len(value) != 2:
                raise ValueError
            for item in value:
                self._retry_value_type_check(item)
            if int(value[0]) > int(value[1]):
                raise ValueError
            return
        if isinstance(value, float | bool) or int(value) < 0:
            raise ValueError

    @api.constrains("retry_pattern")
    def _check_retry_pattern(self):
        for record in self:
            pattern = record.retry_pattern
            if names_policy(pattern):
                continue
            try:
                for count, seconds in (pattern or {}).items():
                    if isinstance(count, list | tuple):
                        raise ValueError
                    record._retry_value_type_check(count)
                    record._retry_value_type_check(seconds)
            except (ValueError, TypeError, AttributeError) as err:
                raise exceptions.UserError(
                    record._retry_pattern_format_error_message()
                ) from err

    def _related_action_format_error_message(self):
        return self.env._(
            "Unexpected format of Related Action for %s.\n"
            "Example of valid format:\n"
            '{"enable": True, "func_name": "related_action_foo",'
            ' "kwargs": {"limit": 10}}',
            self.name,
        )

    @api.constrains("related_action")
    def _check_related_action(self):
        valid_keys = {"enable", "func_name", "kwargs"}
        for record in self:
            action = record.related_action or {}
            if not isinstance(action, dict) or set(action) - valid_keys:
                raise exceptions.UserError(
                    record._related_action_format_error_message()
                )

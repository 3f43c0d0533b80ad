"""Creates, updates and deletes by mutations.

A mutation has one field, whose payload contains the record, and the errors of its
values as data: ``userErrors { field message }`` or similar.
"""

from __future__ import annotations

from typing import Any

from ...exceptions_http import RemoteInvalidData
from ..http.errors.location import host_of
from ..http.redaction import mask
from .errors import code_of, is_errors_key, payload_errors, reason_of


class RecordMutations:
    """The writes of the adapter."""

    #: Mutations, with the variables ``input``, ``id`` and ``input``, and ``id``.
    _create_mutation: str = ""
    _update_mutation: str = ""
    _delete_mutation: str = ""
    #: Key of the record in the payload of a mutation; by default, its first object.
    _payload_key: str | None = None

    def create(self, data: dict) -> Any:
        """Create a record in the external system; return its ID, ``None`` if not
        returned.

        :raise RemoteInvalidData: it rejected the values
        """
        answer = self.mutate_record(
            self._create_mutation,
            self._create_variables(data),
            idempotency_key=self.idempotency_key,
        )
        return self._created_id(answer, data)

    def write(self, external_id: Any, data: dict) -> Any:
        """Update a record; return it, as far as the mutation selects it.

        :raise IDMissingInBackend: it does not exist
        :raise RemoteInvalidData: the external system rejected the values
        """
        variables = self._update_variables(external_id, data)
        return self._existing(
            external_id, self.mutate_record(self._update_mutation, variables)
        )

    def delete(self, external_id: Any) -> Any:
        """Delete a record; return what the mutation selects.

        :raise IDMissingInBackend: it does not exist
        """
        variables = self._delete_variables(external_id)
        return self._existing(
            external_id, self.mutate_record(self._delete_mutation, variables)
        )

    def mutate_record(
        self, mutation: str, variables: dict, *, idempotency_key: str | None = None
    ) -> Any:
        """Send a mutation of one field; return the record of its payload.

        :raise RemoteInvalidData: its payload contains errors, such as ``userErrors``
        :raise IDMissingInBackend: these say that the record does not exist
        """
        if not mutation:
            raise NotImplementedError(
                f"{self._name}: set _create_mutation, _update_mutation or "
                "_delete_mutation."
            )
        data = self.mutate(mutation, variables, idempotency_key=idempotency_key)
        payload = self._result(data)
        errors = list(payload_errors(payload))
        if errors:
            raise self._payload_exception(errors)
        return self._payload_record(payload)

    # -- hooks

    def _create_variables(self, data: dict) -> dict:
        """Return the variables of the mutation that creates a record."""
        return {"input": data}

    def _update_variables(self, external_id: Any, data: dict) -> dict:
        """Return the variables of the mutation that updates a record.

        Some APIs take the ID as a part of the values.
        """
        return {"id": external_id, "input": data}

    def _delete_variables(self, external_id: Any) -> dict:
        """Return the variables of the mutation that deletes a record."""
        return {"id": external_id}

    def _payload_record(self, payload: Any) -> Any:
        """Return the record of the payload of a mutation."""
        if not isinstance(payload, dict) or self._id_key in payload:
            return payload
        if self._payload_key:
            return payload.get(self._payload_key)
        values = [val for key, val in payload.items() if not is_errors_key(key)]
        records = [value for value in values if isinstance(value, dict)]
        return next(iter(records or values), None)

    # -- helpers

    def _existing(self, external_id: Any, answer: Any) -> Any:
        if answer is None:
            raise self._missing(external_id)
        return answer

    def _payload_exception(self, errors: list[dict]) -> Exception:
        codes = self._codes()
        kinds = {codes.get(code_of(error), RemoteInvalidData) for error in errors}
        # A payload reports rejected values, unless it says otherwise.
        kind = kinds.pop() if len(kinds) == 1 else RemoteInvalidData
        return kind(
            self.env._(
                "%(host)s rejected these values (%(said)s).",
                host=host_of(self._location()),
                said=mask("; ".join(map(reason_of, errors)))[:300],
            )
        )

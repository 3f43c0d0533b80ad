"""Identity keys computed from the call of a job."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..job import Job


def identity_exact_hasher(job_: Job) -> Any:
    """Return a sha1 hasher fed with the model, method, ids and arguments of a job.

    Call its ``update`` to derive your own identity. Databases store the digests: the
    order and the text of what is fed must never change.
    """
    hasher = hashlib.sha1(usedforsecurity=False)
    hasher.update(job_.model_name.encode("utf-8"))
    hasher.update(job_.method_name.encode("utf-8"))
    hasher.update(str(sorted(job_.recordset.ids)).encode("utf-8"))
    hasher.update(str(job_.args).encode("utf-8"))
    hasher.update(str(sorted(job_.kwargs.items())).encode("utf-8"))
    return hasher


def identity_exact(job_: Job) -> str:
    """Identity key of jobs with the same call: pass it as ``identity_key``."""
    return identity_exact_hasher(job_).hexdigest()

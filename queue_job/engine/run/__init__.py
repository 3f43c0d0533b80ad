"""How a leased job is run, and how it ends.

:mod:`.batch` runs the jobs of one lease (:mod:`.lease`, :mod:`.leased_job`). Each is
acquired (:mod:`.acquire`), run (:mod:`.executor`) and given its outcome
(:mod:`.outcome`, :mod:`.failure`, in the transactions of :mod:`.transaction`); then its
dependents are released (:mod:`.dependents`).

Special cases: arguments that cannot be decoded (:mod:`.undecodable`), a database
session that was lost (:mod:`.lost_session`), interruptions (:mod:`.interrupt`), and
what the code of a job may raise (:mod:`.job_code`).
"""

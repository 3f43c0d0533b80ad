"""Which jobs a worker may lease next.

:mod:`.claimer` takes one claim: it reads the state of the database (:mod:`.state`), the
slots in use of each channel (:mod:`.usage`) and the next job of each channel
(:mod:`.candidates`), and leases those that no rule blocks (:mod:`.start_rules`, with a
:mod:`.block_reason`).

Channels: :mod:`.channels` is their tree, :mod:`.limits` the limits of one, with
:mod:`.capacity` for its slots and :mod:`.channel_string` for the server configuration.
:mod:`.averages` estimates the duration of jobs, to lease short ones in batches.
"""

"""Post-install hook; other addons import it from here."""


def post_init_hook(env) -> None:
    """Do nothing.

    The models' ``init``, which runs on installation and on update, creates everything
    the addon needs in the database. The function exists because tests of other addons
    call it.
    """

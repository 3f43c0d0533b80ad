"""What happens once, when the addon is installed; other addons import it from here."""


def post_init_hook(env) -> None:
    """Nothing is left to do at install.

    Everything the addon needs in the database is made by the models' ``init``, which
    runs on install and on update alike. The name stays because other addons' tests
    call it.
    """

"""What each command does, inside the virtual env."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from . import (
    addons,
    databases,
    demo,
    environment,
    paths,
    ports,
    postgres,
    scaffold,
    tool,
    virtualenv,
)
from .errors import SetupError
from .odoo_run import Runner
from .steps import run_logged, say


def run_env(_arguments: list[str]) -> int:
    """Say where the environment is."""
    odoo = environment.find_odoo()
    say(f"Odoo {odoo.version()} ({odoo.label}) in {odoo.home}")
    say(f"Python in {virtualenv.folder()}")
    return 0


def run_demo(arguments: list[str]) -> int:
    """Run the demo, see `setup.demo`."""
    return demo.run(Runner(environment.find_odoo()), arguments, stay=False)


def run_serve(arguments: list[str]) -> int:
    """Run the demo and stay."""
    return demo.run(Runner(environment.find_odoo()), arguments, stay=True)


def run_machine(arguments: list[str]) -> int:
    """Run a coffee machine until it is stopped; `arguments` are its own."""
    port = ports.from_environment("COFFEE_PORT", 8100)
    return subprocess.call(
        [virtualenv.python(), "-m", "coffee_machine", f"--port={port}", *arguments],
        cwd=paths.TESTS,
    )


def run_shop(arguments: list[str]) -> int:
    """Run a Medusa shop and Odoo beside it, see ``tests/shop``."""
    return subprocess.call(
        [virtualenv.python(), "-m", "shop", *arguments],
        cwd=paths.CHECKOUT,
        env={
            **virtualenv.environment(),
            "PYTHONPATH": os.pathsep.join([str(paths.TESTS), str(paths.CHECKOUT)]),
        },
    )


def run_test(arguments: list[str]) -> int:
    """Run the tests, see `setup.testing`."""
    from .testing import run

    return run(Runner(environment.find_odoo()), arguments)


def run_lint(arguments: list[str]) -> int:
    """Run all hooks on all files, or on the hooks and files of `arguments`."""
    if not shutil.which("git") or not (paths.CHECKOUT / ".git").exists():
        raise SetupError(
            "lint looks at the files that git knows: install git, and run it in a clone"
        )
    tool.ensure_tools()
    return subprocess.call(
        ["pre-commit", "run", *(arguments or ["--all-files"])],
        cwd=paths.CHECKOUT,
        env={**tool.environment(), "PRE_COMMIT_HOME": str(paths.cache() / "hooks")},
    )


def run_odoo(arguments: list[str]) -> int:
    """Run Odoo with `arguments`; PostgreSQL is up meanwhile."""
    runner = Runner(environment.find_odoo())
    with postgres.running():
        # the file not as an option: Odoo looks for commands before it reads those
        env = {**runner.environment(), "ODOO_RC": str(runner.configuration())}
        return subprocess.call([*runner.launcher(), *arguments], env=env)


def run_shell(arguments: list[str]) -> int:
    """Open Odoo's Python shell; DATABASE names the database, made when missing."""
    runner = Runner(environment.find_odoo())
    database = os.environ.get("DATABASE") or "suite_shell"
    with postgres.running():
        if not databases.exists(database):
            suite = sorted(addons.in_folder(paths.CHECKOUT))
            databases.create(database, runner, suite)
            run_logged(
                runner.command(database, init=suite, stop=True),
                "shell",
                f"the suite could not be installed in {database}",
                env=runner.environment(),
            )
        say(f"database {database}; `env` is there, changes need env.cr.commit()")
        command = [*runner.program("shell"), f"--database={database}", "--no-http"]
        return subprocess.call([*command, *arguments], env=runner.environment())


def run_scaffold(arguments: list[str]) -> int:
    """Write a connector, see `setup.scaffold`."""
    return scaffold.run(Runner(environment.find_odoo()), arguments)


def run_i18n(arguments: list[str]) -> int:
    """Bring the addons' translations up to date, or tell what is not."""
    from . import translations

    suite = list(addons.in_folder(paths.CHECKOUT).values())
    runner = Runner(environment.find_odoo())
    with postgres.running():
        if "--check" not in arguments:
            translations.update(suite, runner)
            return 0
        problems = translations.check(suite, runner)
    for problem in problems:
        say(problem)
    return 1 if problems else 0


def run_docs(arguments: list[str]) -> int:
    """Build the guides; a warning is an error."""
    built = paths.CHECKOUT / "docs" / "_build" / "html"
    code = subprocess.call(
        [
            *(str(virtualenv.python()), "-m", "sphinx"),
            *("--fail-on-warning", "--keep-going", "--quiet", *arguments),
            *(str(paths.CHECKOUT / "docs"), str(built)),
        ],
        env=virtualenv.environment(),
    )
    if not code:
        say(f"the guides are in {built / 'index.html'}")
    return code


def run_dist(arguments: list[str]) -> int:
    """Build the packages into ``dist/``, or the folder of `arguments`."""
    from . import packages

    target = paths.CHECKOUT / "dist"
    for wheel in packages.build(Path(arguments[0]) if arguments else target):
        say(str(wheel))
    return 0


def run_bench(arguments: list[str]) -> int:
    """Run the benchmarks, see ``tests/bench``."""
    runner = Runner(environment.find_odoo())
    env = runner.environment()
    env["PYTHONPATH"] = os.pathsep.join([str(paths.TESTS), env["PYTHONPATH"]])
    env["ODOO_RC"] = str(runner.configuration())
    with postgres.running():
        env.update({k: v for k, v in os.environ.items() if k.startswith("PG")})
        return subprocess.call(
            [virtualenv.python(), "-m", "bench", *arguments],
            cwd=paths.CHECKOUT,
            env=env,
        )

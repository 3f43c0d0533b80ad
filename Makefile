# An index of the commands; what they do is in setup/.
# PYTHON names the interpreter, ADDON one addon (or several, comma separated), ARGS what
# the demo shall do differently, for example ARGS=--firmware=1.
PYTHON ?= python3
SETUP = $(PYTHON) -m setup

.DEFAULT_GOAL := help
.PHONY: help demo serve test crash lint shell bench i18n docs clean

help:  ## this list
	@sed -n 's/^\([a-z0-9]*\): *##/make \1 -/p' $(MAKEFILE_LIST)

demo:  ## run a whole coffee sync on real Odoo and show what happened; ARGS=--help for its sizes
	@$(SETUP) demo $(ARGS)

serve:  ## the same, and stay: Odoo is yours in the browser
	@$(SETUP) serve $(ARGS)

test:  ## all tests; ADDON=connector for one addon
	@$(SETUP) test $(ADDON)

crash:  ## the tests that take workers, nodes and PostgreSQL away, in full
	@CRASH_JOBS=$${CRASH_JOBS:-2000} $(SETUP) test --only pytest --pytest tests/crash

lint:  ## all checks of style and of Odoo's conventions
	@$(SETUP) lint

shell:  ## Odoo's Python shell on a database with the suite installed
	@$(SETUP) shell

bench:  ## the benchmarks
	@$(SETUP) bench $(ARGS)

i18n:  ## export the addons' terms and merge the translations
	@$(SETUP) i18n

docs:  ## build the guides
	@$(SETUP) docs

clean:  ## remove the cache folder
	@$(SETUP) clean

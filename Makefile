# An index of the commands; what they do is in setup/.
# PYTHON names the interpreter, ADDON one addon (or several, comma separated), ARGS what
# the command shall do differently: demo ARGS=--firmware=1,
# test ARGS="--tags /queue_job:TestClaim" for one test by its name.
PYTHON ?= python3
SETUP = $(PYTHON) -m setup

.DEFAULT_GOAL := help
.PHONY: help demo serve machine shop test crash lint shell scaffold bench i18n docs dist clean

help:  ## this list
	@sed -n 's/^\([a-z0-9]*\): *##/make \1 -/p' $(MAKEFILE_LIST)

demo:  ## run a whole coffee sync on real Odoo and show what happened; ARGS=--help for its sizes
	@$(SETUP) demo $(ARGS)

serve:  ## the same, and stay: Odoo is yours in the browser
	@$(SETUP) serve $(ARGS)

machine:  ## a coffee machine to connect with, on port 8100
	@$(SETUP) machine $(ARGS)

shop:  ## a Medusa shop and Odoo, synchronized and compared; ARGS=--short, --long, --serve
	@$(SETUP) shop $(ARGS)

test:  ## all tests; ADDON=connector for one addon
	@$(SETUP) test $(ADDON) $(ARGS)

crash:  ## the tests that take workers, nodes and PostgreSQL away, in full
	@CRASH_JOBS=$${CRASH_JOBS:-2000} $(SETUP) test --only pytest --pytest tests/crash

lint:  ## all checks of style and of Odoo's conventions
	@$(SETUP) lint

shell:  ## Odoo's Python shell on a database with the suite installed
	@$(SETUP) shell

scaffold:  ## a connector of your own, in the first folder of ADDONS_PATH; NAME=connector_tea TEMPLATE=rest
	@$(SETUP) scaffold $(NAME) $(if $(TEMPLATE),--template $(TEMPLATE))

bench:  ## the benchmarks
	@$(SETUP) bench $(ARGS)

i18n:  ## export the addons' terms and merge the translations
	@$(SETUP) i18n

docs:  ## build the guides
	@$(SETUP) docs

dist:  ## build a wheel for each addon and the metapackage into dist/
	@$(SETUP) dist

clean:  ## remove the cache folder
	@$(SETUP) clean

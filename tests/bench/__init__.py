"""Mesurer les chemins rapides : `python -m tests.bench [--formations 10000]`, ou `make bench`."""

#!/bin/sh
# Trouve un Python convenable et installe l'environnement .venv ; usage : sh dokelio/lancement/amorce.sh run|dev
convient() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}
for python in "${PYTHON:-}" .venv/bin/python python3 python3.14 python3.13 python3.12 python3.11; do
    if [ -n "$python" ] && convient "$python"; then
        exec "$python" -m dokelio.lancement.installation "$1"
    fi
done
if command -v python3 >/dev/null 2>&1; then
    echo "Python 3.11 au moins est nécessaire (ici : $(python3 --version 2>&1)) ; tapez : sudo apt install python3.11 python3.11-venv" >&2
else
    echo "Python 3.11 au moins est nécessaire ; tapez : sudo apt install python3 python3-venv" >&2
fi
exit 1

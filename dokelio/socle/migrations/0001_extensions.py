"""Extensions PostgreSQL de la recherche, fonctions immuables et configuration plein texte (PostgreSQL 15 et plus)."""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

# L'extension peut vivre dans un autre schéma que `public` sur un serveur administré : il est lu, puis écrit en dur
# dans les fonctions, ce qui les garde justes pendant une restauration (search_path vide).
FONCTIONS = r"""
DO $migration$
DECLARE
    schema_unaccent text;
    schema_courant text := current_schema();
    appel text;
BEGIN
    SELECT quote_ident(n.nspname) INTO STRICT schema_unaccent
      FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'unaccent';
    -- NFKC d'abord : « 1ᵉʳ », « ﬁ », « ² » se lisent comme on les tape.
    appel := format(
        '%1$s.unaccent(''%1$s.unaccent''::regdictionary, pg_catalog.normalize($1, ''NFKC''))', schema_unaccent);
    EXECUTE format($f$
        CREATE OR REPLACE FUNCTION %I.f_unaccent(text) RETURNS text
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT %s'
    $f$, schema_courant, replace(appel, '''', ''''''));
    -- Clé d'ordre alphabétique : sans accents, minuscules, toute ponctuation valant une espace.
    EXECUTE format($f$
        CREATE OR REPLACE FUNCTION %I.cle_alphabetique(text) RETURNS text
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        AS 'SELECT pg_catalog.btrim(pg_catalog.regexp_replace(
                pg_catalog.lower(%s COLLATE pg_catalog."C"), ''[^a-z0-9]+'', '' '', ''g''))'
    $f$, schema_courant, replace(appel, '''', ''''''));
    IF NOT EXISTS (
        SELECT FROM pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace
         WHERE c.cfgname = 'francais' AND n.nspname = schema_courant
    ) THEN
        EXECUTE format('CREATE TEXT SEARCH CONFIGURATION %I.francais (COPY = pg_catalog.french)', schema_courant);
        EXECUTE format('ALTER TEXT SEARCH CONFIGURATION %I.francais ALTER MAPPING FOR
            asciiword, asciihword, hword_asciipart, hword, hword_part, word
            WITH %s.unaccent, pg_catalog.french_stem', schema_courant, schema_unaccent);
    END IF;
END
$migration$
"""

RETRAIT = """
DROP TEXT SEARCH CONFIGURATION IF EXISTS francais;
DROP FUNCTION IF EXISTS cle_alphabetique(text);
DROP FUNCTION IF EXISTS f_unaccent(text);
"""


class Migration(migrations.Migration):
    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(sql=FONCTIONS, reverse_sql=RETRAIT),
    ]

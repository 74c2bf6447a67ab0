#!/bin/sh
# Makes or updates the databases of the Temporal cluster; run by its admin tools before it starts.
set -eu
tool() { database=$1; shift; temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" -p 5432 -u "$POSTGRES_USER" --pw "$POSTGRES_PWD" --db "$database" "$@"; }
for kind in temporal visibility; do
  database=temporal; [ $kind = visibility ] && database=temporal_visibility
  tool $database create
  # A second time the schema is there already.
  tool $database setup-schema -v 0.0 || true
  tool $database update-schema -d /etc/temporal/schema/postgresql/v12/$kind/versioned
done

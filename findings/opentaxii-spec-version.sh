#!/usr/bin/env bash
# OpenTAXII 0.9.3 (PyPI, opentaxii), its TAXII 2.1 server with SQLite: objects come back with their type in spec_version, in place of the version of STIX.
# From memory one would write: an object of a collection is given as it was added, as TAXII 2.1 §3.3 and §5.4 have it; "spec_version" stays "2.1".
# It does: "spec_version" of each object is its type, "indicator" for an indicator. The manifest of the same collection says 2.1, and match[spec_version]=2.1 finds the object.
# Who polls such a server: the OASIS library stix2 3.0.2 refuses each object ("unknown object type 'indicator'"), and readers that keep what says 2.1 keep nothing.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check opentaxii==0.9.3 flask==3.1.3 sqlalchemy==2.1.9 marshmallow==4.4.0 stix2==3.0.2

cat > "$work/config.yml" <<END
domain: "localhost:9000"
auth_api:
  class: opentaxii.auth.sqldb.SQLDatabaseAPI
  parameters: {db_connection: "sqlite:///$work/auth.db", create_tables: yes, secret: see, token_ttl_secs: 3600}
taxii1:
taxii2:
  title: see
  max_content_length: 1000000
  public_discovery: true
  persistence_api:
    class: opentaxii.persistence.sqldb.Taxii2SQLDatabaseAPI
    parameters: {db_connection: "sqlite:///$work/data.db", create_tables: yes}
logging: {opentaxii: error, root: error}
END
cat > "$work/see.py" <<'END'
from importlib.metadata import version

import stix2
from opentaxii.http import app

print("opentaxii", version("opentaxii"))
api = app.taxii_server.servers.taxii2.persistence.api
with app.app_context():
    root = str(api.add_api_root(title="root", default=True).id)
    collection = str(api.add_collection(root, title="one", is_public=True).id)
    added = {"type": "indicator", "spec_version": "2.1", "id": "indicator--00000000-0000-4000-8000-000000000001", "created": "2026-01-01T00:00:00.000Z",
             "modified": "2026-01-01T00:00:00.000Z", "valid_from": "2026-01-01T00:00:00Z", "pattern_type": "stix", "pattern": "[domain-name:value = 'n1.example']"}
    api.add_objects(root, collection, [added])
client = app.test_client()
head = {"Accept": "application/taxii+json;version=2.1"}
address = f"/taxii2/{root}/collections/{collection}"
for question in ("", "?match[spec_version]=2.1"):
    given = client.get(f"{address}/objects/{question}", headers=head).json["objects"][0]
    print("objects" + question + ":", "spec_version", given["spec_version"] + ", the rest as added:", {**given, "spec_version": "2.1"} == added)
print("manifest:", client.get(f"{address}/manifest/", headers=head).json["objects"][0]["media_type"])
try:
    print("stix2:", stix2.parse(given).id)
except Exception as error:
    print("stix2:", type(error).__name__, error)
END
seen=$(cd "$work" && OPENTAXII_CONFIG="$work/config.yml" "$work/venv/bin/python" -W ignore see.py 2> "$work/log") || { cat "$work/log" >&2; exit 1; }
expected=$(cat <<'END'
opentaxii 0.9.3
objects: spec_version indicator, the rest as added: True
objects?match[spec_version]=2.1: spec_version indicator, the rest as added: True
manifest: application/stix+json;version=2.1
stix2: ParseError Can't parse unknown object type 'indicator'! For custom types, use the CustomObject decorator.
END
)

echo 'behaviour: the type of each object stands in its spec_version'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }

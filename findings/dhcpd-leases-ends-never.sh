#!/usr/bin/env bash
# dhcpd-leases 0.1.2 (npm): one lease without an end, or with times in the "epoch" form, makes the whole lease file of ISC dhcpd unreadable.
# From memory one would write: "ends never;" (BOOTP, unlimited leases) and "ends epoch 1764385200;" (db-time-format local) are times like others; see dhcpd.leases(5).
# It does: it throws "lease.ends (date) is required"; none of the other leases of the file is given.
# Who names clients by the file: a single printer on BOOTP takes the names from the whole network; read each lease for itself.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" dhcpd-leases@0.1.2

cat > "$work/see.mjs" <<'END'
import { readFileSync } from 'node:fs';
import leases from 'dhcpd-leases';

const { name, version } = JSON.parse(readFileSync(new URL('node_modules/dhcpd-leases/package.json', import.meta.url)));
console.log(name, version);
const lease = (address, ends) => `lease ${address} {
  starts 0 2026/11/29 03:00:00;
  ends ${ends};
  binding state active;
  hardware ethernet 02:00:00:00:00:07;
}
`;
for (const ends of ['0 2026/11/29 04:00:00', 'never', 'epoch 1764385200; # Sat Nov 29 03:00:00 2025']) {
  let said;
  try {
    said = leases(lease('192.0.2.6', '0 2026/11/29 04:00:00') + lease('192.0.2.7', ends)).length + ' leases';
  } catch (error) {
    said = error.message;
  }
  console.log('ends', ends, '->', said);
}
END
seen=$(node "$work/see.mjs")
expected=$(cat <<'END'
dhcpd-leases 0.1.2
ends 0 2026/11/29 04:00:00 -> 2 leases
ends never -> lease.ends (date) is required
ends epoch 1764385200; # Sat Nov 29 03:00:00 2025 -> lease.ends (date) is required
END
)

echo 'behaviour: a lease that ends never makes the file unreadable'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }

// Brings npm's software bill of materials (CycloneDX, on standard input) into a form that its schema takes and that is the same each time:
// npm gives each a number and a time of its own, the name of the folder, and repositories as git writes them, which are no URIs.
import { readFileSync } from 'node:fs';

const bill = JSON.parse(readFileSync(0, 'utf8'));
const byRef = (one, other) => ((one['bom-ref'] ?? one.ref) < (other['bom-ref'] ?? other.ref) ? -1 : 1);
delete bill.serialNumber;
delete bill.metadata.timestamp;
Object.assign(bill.metadata.component, { type: 'application', name: JSON.parse(readFileSync('package.json', 'utf8')).name });
for (const { externalReferences = [] } of [bill.metadata.component, ...bill.components])
  for (const reference of externalReferences)
    reference.url = reference.url.replace(/^(?:git\+)?([\w.-]+@[\w.-]+):(?!\/)/, 'ssh://$1/');
bill.components.sort(byRef);
bill.dependencies.sort(byRef);
process.stdout.write(`${JSON.stringify(bill, null, 2)}\n`);

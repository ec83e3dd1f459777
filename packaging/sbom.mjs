// Brings npm's software bill of materials (CycloneDX, on standard input, of the lock file) down to what is installed here, and into a form that
// its schema takes and that is the same each time: npm gives each a number and a time of its own, and the name of the folder. Of what is
// installed npm itself makes none where development tools are not.
import { existsSync, readFileSync } from 'node:fs';

const bill = JSON.parse(readFileSync(0, 'utf8'));
const byRef = (one, other) => ((one['bom-ref'] ?? one.ref) < (other['bom-ref'] ?? other.ref) ? -1 : 1);
delete bill.serialNumber;
delete bill.metadata.timestamp;
Object.assign(bill.metadata.component, { type: 'application', name: JSON.parse(readFileSync('package.json', 'utf8')).name });
const { packages } = JSON.parse(readFileSync('node_modules/.package-lock.json', 'utf8'));
const here = new Set(
  Object.entries(packages)
    .filter(([path]) => existsSync(path))
    .map(([path, { version }]) => `${path.slice(path.lastIndexOf('node_modules/') + 13)}@${version}`),
);
bill.components = bill.components.filter(({ name, version }) => here.has(`${name}@${version}`));
if (bill.components.length === 0) throw new Error('nothing that is installed is in the bill of materials');
const refs = new Set([bill.metadata.component, ...bill.components].map((component) => component['bom-ref']));
bill.dependencies = bill.dependencies
  .filter(({ ref }) => refs.has(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }));
// Repositories as git writes them are no URIs.
for (const { externalReferences = [] } of [bill.metadata.component, ...bill.components])
  for (const reference of externalReferences)
    reference.url = reference.url.replace(/^(?:git\+)?([\w.-]+@[\w.-]+):(?!\/)/, 'ssh://$1/');
bill.components.sort(byRef);
bill.dependencies.sort(byRef);
process.stdout.write(`${JSON.stringify(bill, null, 2)}\n`);

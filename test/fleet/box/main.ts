// `npm run fleet`: a fleet in a box (box.ts); `npm run fleet -- catch-up`: a site that comes back with a million hits
// (catch-up.ts); `npm run fleet -- thousand`: a thousand light sites under one head (thousand.ts); `npm run fleet -- hunt`: ten thousand names
// in a central store of 50 million hits (hunt.ts); `npm run fleet -- migrate`: a central store of the release before (migrate.ts);
// `npm run fleet -- cluster`: over three NATS servers that are one (cluster.ts); `npm run fleet -- cost`: what the fleet costs a site (cost.ts).
// What was mounted or filled goes also where it is cut short: by `exit`.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
const [word, ...words] = process.argv.slice(2);
if (word === 'catch-up') await (await import('./catch-up.ts')).catchUp(words);
else if (word === 'thousand') await (await import('./thousand.ts')).thousand(words);
else if (word === 'hunt') await (await import('./hunt.ts')).huntMany(words);
else if (word === 'cluster') await (await import('./cluster.ts')).cluster(words);
else if (word === 'migrate') await (await import('./migrate.ts')).migrate(words);
else if (word === 'cost') await (await import('./cost.ts')).cost(words);
else await import('./box.ts');

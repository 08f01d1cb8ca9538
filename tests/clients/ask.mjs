// Asks a server through Comunica; what it answers goes to standard output as JSON.
// The module is loaded by its path, since it is installed outside this repository.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [, , installed, base, token] = process.argv;
const require = createRequire(join(installed, 'package.json'));
const { QueryEngine } = require('@comunica/query-sparql');

const PREFIX = 'PREFIX kg: <https://w3id.org/concord/ontology#> ';
const engine = new QueryEngine();
const endpoint = { type: 'sparql', value: `${base}/sparql` };
const context = { sources: [endpoint], lenient: false };

async function rows(query, given = context) {
  const found = await (await engine.queryBindings(PREFIX + query, given)).toArray();
  return found.map((row) => Object.fromEntries([...row].map(([name, term]) => [name.value, term.value])));
}

async function triples(query, given = context) {
  const found = await (await engine.queryQuads(PREFIX + query, given)).toArray();
  return found.map((quad) => [quad.subject.value, quad.predicate.value, quad.object.value]);
}

function authorised(input, init = {}) {
  const headers = new Headers(init.headers);
  headers.set('Authorization', `Bearer ${token}`);
  return fetch(input, { ...init, headers });
}

const japan = '<https://w3id.org/concord/id/Japan>';
const update = { sources: [endpoint], destination: endpoint, fetch: authorised };
const answers = {};
answers.select = await rows(`SELECT ?other { ${japan} kg:alliedWith ?other }`);
answers.joined = await rows(
  `SELECT ?claim ?object { ?claim kg:subject ${japan} ; kg:relation kg:alliedWith ; kg:object ?object }`,
);
answers.ask = await engine.queryBoolean(`${PREFIX} ASK { ${japan} a kg:State }`, context);
answers.construct = await triples(`CONSTRUCT { ${japan} a ?kind } WHERE { ${japan} a ?kind }`);
// Linked data: the engine follows the IRI through the redirect to a document.
answers.followed = await triples(`CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }`, {
  sources: [{ type: 'file', value: `${base}/id/Japan` }],
});
await engine.queryVoid('INSERT DATA { GRAPH <urn:x:comunica> { <urn:x:a> <urn:x:b> "from Comunica" } }', update);
answers.updated = await rows('SELECT ?o { GRAPH <urn:x:comunica> { ?s ?p ?o } }', {
  ...context,
  noCache: true,
});
process.stdout.write(JSON.stringify(answers));

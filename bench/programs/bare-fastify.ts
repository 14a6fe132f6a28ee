import cluster from 'node:cluster';
import Fastify from 'fastify';
import { search } from '../../src/booking/search.js';
import { jsonSchema } from '../../src/http/json-schema.js';
import { buyBody, sale } from '../../src/http/schemas.js';
import { readSettings } from '../../src/settings.js';
import { constantSale } from '../constant-sale.js';
import { packagedEvents } from '../packaged-events.js';

/**
 * What a user would write first: Fastify with default options in a cluster, one route with the
 * server's schemas, a constant answer. `/search` answers the same bytes as the server does, prepared.
 */
const { HOST: host, WORKERS } = readSettings();
if (cluster.isPrimary) runPrimary();
else await runWorker();

function runPrimary(): void {
  let listening = 0;
  cluster.on('listening', (_worker, { port }) => {
    if (++listening === WORKERS) process.stdout.write(`listening on http://${host}:${port}\n`);
  });
  for (let worker = 0; worker < WORKERS; worker++) cluster.fork();
}

async function runWorker(): Promise<void> {
  const app = Fastify();
  const schema = {
    body: jsonSchema(buyBody, 'input'),
    response: { 201: jsonSchema(sale) },
  };
  app.post('/buy', { schema }, async (_request, reply) => {
    reply.code(201);
    return { ...constantSale, worker: process.pid };
  });

  const { events } = search(await packagedEvents(), { limit: 20 });
  const found = { version: 0, store: 'ledger', lockMode: 'kernel', events, next: null };
  const body = JSON.stringify(found);
  const etag = '"AAAAAAAAAAAAAAAAAAAAAAAAAAA"';
  app.get('/search', async (request, reply) => {
    reply.header('ETag', etag);
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return reply.type('application/json; charset=utf-8').send(body);
  });
  await app.listen({ host, port: 0 });
}

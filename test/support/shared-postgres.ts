import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { LocalPostgres } from '../../bench/local-postgres.js';
import { oncePerRun } from './once-per-run.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A URL that answers the address of the PostgreSQL server that all test files share. */
    postgresAddressUrl: string;
  }
}

/**
 * Shares one PostgreSQL server among all test files. It starts when the first test asks for its
 * address, so a run of other tests starts none. `TEST_DATABASE_URL` names another server, whose user
 * may create databases.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const shared = oncePerRun('postgres', serveAddress);
  const { url, dispose } = await shared;
  project.provide('postgresAddressUrl', url);
  return dispose;
}

async function serveAddress() {
  let starting: Promise<LocalPostgres> | undefined;
  const given = process.env.TEST_DATABASE_URL;
  const server = createServer(async (_request, response) => {
    try {
      if (given === undefined) starting ??= LocalPostgres.create();
      response.end(given ?? (await starting)?.address());
    } catch (error) {
      response.writeHead(500).end((error as Error).message);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');

  let disposing: Promise<void> | undefined;
  const dispose = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await (await starting?.catch(() => undefined))?.dispose();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Called once per project, when all projects have finished. */
    dispose: () => (disposing ??= dispose()),
  };
}

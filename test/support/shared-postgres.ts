import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { LocalPostgres } from '../../bench/local-postgres.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers the address of a PostgreSQL that all test files share. */
    postgresDesk: string;
  }
}

/**
 * One PostgreSQL for the whole run, started when the first test asks for it: a run of other tests
 * does without. `TEST_DATABASE_URL` names another one, whose user may make databases.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<LocalPostgres> | undefined;
  const given = process.env.TEST_DATABASE_URL;
  const desk = createServer(async (_request, response) => {
    try {
      if (given === undefined) starting ??= LocalPostgres.create();
      response.end(given ?? (await starting)?.address());
    } catch (error) {
      response.writeHead(500).end((error as Error).message);
    }
  });
  await once(desk.listen(0, '127.0.0.1'), 'listening');
  project.provide('postgresDesk', `http://127.0.0.1:${(desk.address() as AddressInfo).port}`);

  return async () => {
    desk.close();
    desk.closeAllConnections();
    await (await starting?.catch(() => undefined))?.dispose();
  };
}

import { afterAll, beforeAll } from 'vitest';
import { type OfficeOptions, TestServer } from '../support/office.js';

/** One server for a file or a `describe`; it has one worker unless `env` says otherwise. */
export function sharedServer({ env, ...options }: OfficeOptions = {}): () => TestServer {
  let server: TestServer | undefined;
  beforeAll(async () => {
    server = await TestServer.start({ ...options, env: { WORKERS: '1', ...env } });
  });
  afterAll(() => server?.dispose());
  return () => {
    if (server === undefined) throw new Error('the server has not started yet');
    return server;
  };
}

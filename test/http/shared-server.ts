import { afterAll, beforeAll } from 'vitest';
import { TestServer, type TestServerOptions } from '../support/test-server.js';

/** One server for a file or a `describe`; it has one worker unless `env` says otherwise. */
export function sharedServer({ env, ...options }: TestServerOptions = {}): () => TestServer {
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

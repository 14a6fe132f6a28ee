// Temporary: the old names, until every test imports test-server.ts.
export {
  isRunning,
  kill,
  TestServer,
  type TestServerOptions as OfficeOptions,
} from './test-server.js';

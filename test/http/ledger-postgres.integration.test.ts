import { describe } from 'vitest';
import { anEvent } from '../support/folder.js';
import { testLedgerRoute } from './ledger-route.js';
import { sharedServer } from './shared-server.js';

const server = sharedServer({
  env: { STORE: 'postgres' },
  events: { gala: anEvent(1000) },
});

describe('postgres', () => testLedgerRoute(server));

import { describe } from 'vitest';
import { sharedServer } from '../http/shared-server.js';
import { sharedBrowser } from '../support/browser.js';
import { anEvent } from '../support/folder.js';
import { accessibilityTests } from './accessibility-tests.js';
import {
  idempotencyTests,
  jsonStoreTests,
  ledgerTests,
  sellingTests,
  separateChainsTests,
} from './box-office-tests.js';
import { loadingTests } from './loading-tests.js';
import { reconnectTests } from './reconnect-tests.js';

const events = {
  gala: anEvent(100, { name: 'The Gala' }),
  opera: anEvent(100, { name: 'An Opera' }),
  few: anEvent(2, { name: 'A Small Concert' }),
  // On this night the clocks of New York skip from 2:00 to 3:00.
  dinar: anEvent(100, {
    name: 'A Night in Baghdad',
    startsAt: '2026-03-08T02:30:00+03:00',
    price: { amount: 150_000, currency: 'IQD' },
  }),
  shirim: anEvent(100, { name: 'ערב של שירים', venue: 'היכל התרבות' }),
  'sold-out': anEvent(0, { name: 'Sold Out Already' }),
};

// One browser and few offices for all tests: starting them takes longer than the tests.
const browser = sharedBrowser();
/** A worker that is stopped is shown as silent, and not replaced. */
const HEARTBEAT_TIMEOUT_MS = '120000';
const json = sharedServer({ env: { WORKERS: '2', HEARTBEAT_TIMEOUT_MS }, events });
const ledger = sharedServer({ env: { WORKERS: '2', STORE: 'ledger' }, events });
const postgres = sharedServer({
  env: { WORKERS: '2', STORE: 'postgres', HEARTBEAT_TIMEOUT_MS },
  events,
});
/** With the events that come with the package. */
const packaged = sharedServer({ env: { WORKERS: '2', STORE: 'ledger' } });

describe('the box office', () => {
  describe('json', () => {
    sellingTests(browser, json);
    jsonStoreTests(browser, json);
    reconnectTests(browser, json);
  });
  describe('ledger', () => {
    idempotencyTests(browser, ledger);
    ledgerTests(browser, ledger, 'torn by a crash');
  });
  describe('postgres', () => {
    sellingTests(browser, postgres);
    idempotencyTests(browser, postgres);
    ledgerTests(browser, postgres, 'the chain goes through the other one');
    separateChainsTests(browser, postgres);
  });
});
describe('accessibility', () => accessibilityTests(browser, packaged));
describe('loading', () => loadingTests(browser, packaged));

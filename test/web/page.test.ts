import { describe } from 'vitest';
import { sharedOffice } from '../http/shared-office.js';
import { sharedBrowser } from '../support/browser.js';
import { anEvent } from '../support/folder.js';
import { everybodyTests } from './accessibility.js';
import { apartTests, chainTests, jsonTests, keyTests, sellingTests } from './box-office.js';
import { loadingTests } from './loading.js';

const events = {
  gala: anEvent(100, { name: 'The Gala' }),
  opera: anEvent(100, { name: 'An Opera' }),
  few: anEvent(2, { name: 'A Small Concert' }),
  soldCount: anEvent(0, { name: 'Gone Already' }),
};

// One browser and few offices for all of them: their starts take longer than the tests.
const browser = sharedBrowser();
const json = sharedOffice({ env: { WORKERS: '2' }, events });
const ledger = sharedOffice({ env: { WORKERS: '2', STORE: 'ledger' }, events });
const postgres = sharedOffice({ env: { WORKERS: '2', STORE: 'postgres' }, events });
/** With the events that come with the package. */
const packaged = sharedOffice({ env: { WORKERS: '2', STORE: 'ledger' } });

describe('the box office', () => {
  describe('json', () => {
    sellingTests(browser, json);
    jsonTests(browser, json);
  });
  describe('ledger', () => {
    keyTests(browser, ledger);
    chainTests(browser, ledger, 'torn by a crash');
  });
  describe('postgres', () => {
    sellingTests(browser, postgres);
    keyTests(browser, postgres);
    chainTests(browser, postgres, 'the chain goes through that one');
    apartTests(browser, postgres);
  });
});
describe('everybody', () => everybodyTests(browser, packaged));
describe('loading', () => loadingTests(browser, packaged));

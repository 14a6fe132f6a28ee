import { describe } from 'vitest';
import { sharedOffice } from '../http/shared-office.js';
import { sharedBrowser } from '../support/browser.js';
import { anEvent } from '../support/folder.js';
import { boxOfficeTests } from './box-office.js';
import { everybodyTests } from './everybody.js';
import { labTests } from './lab.js';
import { loadingTests } from './loading.js';

const events = {
  gala: anEvent(100, { name: 'The Gala' }),
  opera: anEvent(100, { name: 'An Opera' }),
  few: anEvent(2, { name: 'A Small Concert' }),
  gone: anEvent(0, { name: 'Gone Already' }),
};

// One browser and few offices for all of them: their starts take longer than the tests.
const browser = sharedBrowser();
const json = sharedOffice({ env: { WORKERS: '2' }, events });
const ledger = sharedOffice({ env: { WORKERS: '2', STORE: 'ledger' }, events });
/** With the events that come with the package. */
const packaged = sharedOffice({ env: { WORKERS: '2', STORE: 'ledger' } });

describe('the box office', () => boxOfficeTests(browser, { json, ledger }));
describe('the lab', () => labTests(browser, packaged));
describe('everybody', () => everybodyTests(browser, packaged));
describe('loading', () => loadingTests(browser, packaged));

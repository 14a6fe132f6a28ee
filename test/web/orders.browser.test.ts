import { describe } from 'vitest';
import { sharedServer } from '../http/shared-server.js';
import { sharedBrowser } from '../support/browser.js';
import { anEvent } from '../support/folder.js';
import { counterTests, orderTests, plainBuyTests } from './order-tests.js';
import { purchaseTests } from './purchase-tests.js';

const events = {
  gala: anEvent(100, { name: 'The Gala' }),
  opera: anEvent(100, { name: 'An Opera' }),
  long: anEvent(50_000_000, { name: 'L'.repeat(200), venue: 'V'.repeat(200) }),
};

const browser = sharedBrowser();
const office = sharedServer({ env: { WORKERS: '2' }, events });

describe('a purchase', () => purchaseTests(browser, office));
describe('an order', () => orderTests(browser, office));
describe('at the counter', () => counterTests(browser, office));
describe('without holds', () => plainBuyTests(browser));

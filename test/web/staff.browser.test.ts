import { describe } from 'vitest';
import { sharedServer } from '../http/shared-server.js';
import { sharedBrowser } from '../support/browser.js';
import { anEvent } from '../support/folder.js';
import { closedLabTests, doorTests, sellTests, staffEnv } from './staff-tests.js';

const browser = sharedBrowser();
const office = sharedServer({
  env: staffEnv,
  events: { gala: anEvent(100, { name: 'The Gala' }) },
});

describe('sell', () => sellTests(browser, office));
describe('door', () => doorTests(browser, office));
describe('a closed lab', () => closedLabTests(browser));

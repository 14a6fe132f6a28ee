import { describe } from 'vitest';
import { storesIn, testStore } from './conformance.js';

describe.each(storesIn('database'))('%s store with lock mode %s', testStore);

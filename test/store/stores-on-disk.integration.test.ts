import { describe } from 'vitest';
import { storesIn, testStore } from './conformance.js';

describe.each(storesIn('folder'))('%s store', testStore);

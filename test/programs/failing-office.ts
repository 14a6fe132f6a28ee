import { dependencies } from '../../src/app/dependencies.js';
import { runFailingOffice } from '../support/run-failing-office.js';

/** The office, whose processes fail on order. */
await runFailingOffice(dependencies);

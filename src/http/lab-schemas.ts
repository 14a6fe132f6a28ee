import { z } from 'zod';

export { labCatalogue, labRequest, labStatus } from '../timeline/report.js';

export const labRunParams = z.object({ id: z.string().min(1).max(64) });

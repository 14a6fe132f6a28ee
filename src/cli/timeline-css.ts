import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The colours and hatches of timelines, as the page has them. */
export const readTimelineCss = (): string =>
  readFileSync(createRequire(import.meta.url).resolve('#timeline.css'), 'utf8');

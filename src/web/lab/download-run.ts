import { chromeTrace } from '../../timeline/chrome-trace.js';
import { htmlPage } from '../../timeline/html-report.js';
import type { Scenario } from '../../timeline/lab-catalogue.js';
import type { Run } from '../../timeline/report.js';
import timelineCss from '../../timeline/timeline.css?inline';
import { h } from '../dom.js';

/** What a run can be saved as, like the command's `--html`, `--trace` and `--json`. */
export type Format = 'html' | 'trace' | 'json';

/** Saves a run as a file. This module is loaded only when somebody does. */
export function download(run: Run, format: Format, scenario: Scenario | undefined): void {
  const [content, type, ending] = fileOf(run, format, scenario);
  const url = URL.createObjectURL(new Blob([content], { type }));
  const name = run.title.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase();
  h('a', { href: url, download: `${name}.${ending}` }).click();
  setTimeout(() => URL.revokeObjectURL(url)); // once the browser has begun
}

function fileOf(
  run: Run,
  format: Format,
  scenario: Scenario | undefined,
): [content: string, type: string, ending: string] {
  switch (format) {
    case 'html':
      return [htmlPage([run], { timelineCss, scenario }), 'text/html', 'html'];
    case 'trace':
      return [JSON.stringify(chromeTrace([run])), 'application/json', 'trace.json'];
    case 'json':
      return [JSON.stringify({ runs: [run] }), 'application/json', 'json'];
  }
}

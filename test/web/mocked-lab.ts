import type { Page } from 'playwright-core';
import type { LabRequest } from '../../src/timeline/lab-request.js';
import type { LabStatus } from '../../src/timeline/lab-status.js';
import type { Run } from '../../src/timeline/report.js';

/** What the page asked the lab to run. */
export interface MockedLab {
  readonly requests: LabRequest[];
}

/** Answers the page's experiments with handmade runs: the page is tested, and no process is started. */
export async function mockLab(
  page: Page,
  runsFor: (request: LabRequest) => readonly Run[],
): Promise<MockedLab> {
  const requests: LabRequest[] = [];
  await page.route('**/lab/runs', async (route) => {
    const request = route.request().postDataJSON() as LabRequest;
    requests.push(request);
    const runs = runsFor(request);
    const status: LabStatus = {
      id: `mocked-${requests.length}`,
      state: 'done',
      progress: { phase: 'judging', run: 1, runs: runs.length, title: runs[0]?.title ?? '' },
      runs,
    };
    await route.fulfill({ status: 202, json: status });
  });
  return { requests };
}

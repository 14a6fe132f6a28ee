import { describe, expect, test } from 'vitest';
import { describeConclusion } from '../../src/cli/describe-run.js';
import { scenarios } from '../../src/lab/scenarios.js';
import { conclusionOf } from '../../src/timeline/conclusion.js';
import { htmlPage } from '../../src/timeline/html-report.js';
import type { Scenario } from '../../src/timeline/lab-catalogue.js';
import type { Run } from '../../src/timeline/report.js';
import { exampleRun } from './example-run.js';

function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no scenario ${name}`);
  return found;
}

/** Runs of a scenario that went as expected. */
const runsOf = ({ runs }: Scenario): Run[] =>
  runs.map(({ title, setting, expect: ruling, verb }) => ({
    ...exampleRun,
    title,
    setting,
    verdict: { ruling, because: 'it was observed' },
    ...(verb === undefined
      ? {}
      : { answers: ['received', 'moved a ticket'].map((name) => ({ name, value: '1' })) }),
    figures: { ...exampleRun.figures, lockWaitMs: { p50: 1, p99: 2, max: 3 } },
  }));

const minusTen = scenarioNamed('hundred-minus-ten');

/** Without a lock the file says 99, with one 90. */
const minusTenRuns = runsOf(minusTen).map((run, index) => ({
  ...run,
  figures: { ...run.figures, remaining: index === 0 ? 99 : 90 },
}));

describe('the conclusion of a scenario', () => {
  test('of hundred-minus-ten says what the file says, 99 against 90', () => {
    const conclusion = conclusionOf(minusTen, minusTenRuns);
    expect(conclusion?.compared).toEqual({
      label: 'Tickets left on record',
      values: ['no lock 99', 'a lock 90'],
    });
    expect(conclusion?.text).toBe(minusTen.concludes);
    expect(describeConclusion(minusTen, minusTenRuns)).toBe(
      `\nTickets left on record: no lock 99 · a lock 90\n${minusTen.concludes}\n`,
    );
  });

  test.each(scenarios)('of $name compares a figure that each of its runs has', (scenario) => {
    const conclusion = conclusionOf(scenario, runsOf(scenario));
    expect(conclusion?.compared?.values).toEqual(
      scenario.runs.map(({ title }) => expect.stringMatching(new RegExp(`^${title} \\d`))),
    );
    expect(conclusion?.text).toMatch(/\.$/);
  });

  test('says so where a run did not show what it is for', () => {
    const [first, second] = minusTenRuns as [Run, Run];
    const inconclusive = {
      ...first,
      verdict: { ruling: 'inconclusive', because: 'no race was seen' },
    };
    const { text = '' } = conclusionOf(minusTen, [inconclusive as Run, second]) ?? {};
    expect(text).toContain('“no lock” was inconclusive this time: no race was seen.');
    expect(text).not.toContain(minusTen.concludes);
  });

  test('is missing while a run is', () => {
    expect(conclusionOf(minusTen, minusTenRuns.slice(0, 1))).toBeUndefined();
  });

  test('stands below the runs of a page that is saved, and the lesson above them', () => {
    const page = htmlPage(minusTenRuns, { timelineCss: '', scenario: minusTen });
    const places = [minusTen.teaches, '<section>', 'no lock 99 · a lock 90'].map((text) =>
      page.lastIndexOf(text),
    );
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });
});

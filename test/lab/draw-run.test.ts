import { describe, expect, test } from 'vitest';
import { drawRun, highlightedPart } from '../../src/lab/draw-run.js';
import { htmlPage } from '../../src/lab/html-report.js';
import { buildStory } from '../../src/lab/story.js';
import { escaped } from '../../src/timeline/markup.js';
import type { Run } from '../../src/timeline/report.js';
import { exampleRun } from './example-run.js';

const { lostUpdate: _, ...rest } = exampleRun;

/** The same run, with the stopped process killed instead. */
const killed: Run = {
  ...rest,
  lanes: exampleRun.lanes.map((lane) => ({
    ...lane,
    marks: lane.marks.map(({ at }) => ({ at, kind: 'killed' })),
  })),
};
const story = buildStory({ lanes: killed.lanes, lostUpdate: undefined });

const count = (text: string, part: string): number => text.split(part).length - 1;
const spansOf = ({ lanes }: Pick<Run, 'lanes'>) =>
  lanes.flatMap(({ batches }) => batches.flatMap(({ spans }) => spans));

describe('highlightedPart', () => {
  test('contains the two batches of the lost update, and no others', () => {
    const { erased, erasing } = exampleRun.lostUpdate ?? {};
    const ids = highlightedPart(exampleRun).lanes.flatMap(({ batches }) =>
      batches.map(({ id }) => id),
    );
    expect(new Set(ids)).toEqual(new Set([erased?.batchId, erasing?.batchId]));
  });

  test('contains the batches of a killed process and of the next one', () => {
    const { lanes } = highlightedPart({ ...killed, story });
    const ids = lanes.flatMap(({ batches }) => batches.map(({ id }) => id));
    expect(ids).toEqual(expect.arrayContaining(story.flatMap(({ batchId }) => batchId ?? [])));
    expect(lanes.flatMap(({ marks }) => marks).map(({ kind }) => kind)).toEqual(['killed']);
  });

  test('contains all batches if the story mentions none', () => {
    expect(highlightedPart({ ...killed, story: [] }).lanes).toBe(killed.lanes);
  });
});

describe('drawRun', () => {
  const { highlighted, all } = drawRun(exampleRun, 'run1');

  test('draws every step, with a title', () => {
    for (const [svg, shown] of [
      [highlighted, highlightedPart(exampleRun)],
      [all, exampleRun],
    ] as const) {
      expect(count(svg, '<g class="block ')).toBe(spansOf(shown).length);
      expect(count(svg, '<title>batch ')).toBe(spansOf(shown).length);
    }
    expect(spansOf(highlightedPart(exampleRun)).length).toBeLessThan(spansOf(exampleRun).length);
  });

  test('labels the drawings', () => {
    expect(highlighted).toMatch(/^<svg [^>]*aria-label="The batches of the story, step by step"/);
    expect(highlighted).toContain('class="arrow erases"');
    expect(all).toContain('stopped');
    expect(highlighted + all).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('draws what happened to the process in a story without a lost update', () => {
    const drawings = drawRun({ ...killed, story }, 'run1');
    expect(drawings.highlighted).toContain('killed');
    expect(drawings.highlighted).not.toContain('class="arrow erases"');
    expect(drawings.highlighted).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('htmlPage', () => {
  const page = htmlPage([exampleRun]);

  test('contains the verdict, the story and the command, and loads no other resource', () => {
    expect(page).toContain('<strong>BROKEN</strong>');
    for (const { text } of exampleRun.story) expect(page).toContain(escaped(text));
    expect(page).toContain(exampleRun.command);
    const addresses = [...page.matchAll(/https?:[^"' <]+/g)].map(([address]) => address);
    expect(new Set(addresses)).toEqual(new Set(['http://www.w3.org/2000/svg']));
    expect(page).not.toMatch(/<script|<link|<img|@import/);
  });

  test('styles every kind of span, in light and dark mode', () => {
    for (const kind of new Set(spansOf(exampleRun).map((span) => span.kind))) {
      expect(page).toMatch(new RegExp(`\\.${kind}[,\\s][^}]*--kind:`));
    }
    expect(page).toMatch(/prefers-color-scheme: dark[^}]*\.picture/);
  });

  test('gives each hatch a unique id, and references no missing one', () => {
    const two = htmlPage([exampleRun, exampleRun]);
    const ids = [...two.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    const wanted = [...two.matchAll(/url\(#([^)]+)\)/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(wanted.length).toBeGreaterThan(0);
    expect(ids).toEqual(expect.arrayContaining(wanted));
  });

  test('escapes titles', () => {
    const title = '<b>&"';
    expect(htmlPage([{ ...exampleRun, title }])).toContain('<h2>&lt;b&gt;&amp;&quot;</h2>');
  });
});

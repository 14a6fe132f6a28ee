import { describe, expect, test } from 'vitest';
import { drawRun, highlightedPart } from '../../src/lab/draw-run.js';
import { htmlPage } from '../../src/lab/html-report.js';
import { tellStory } from '../../src/lab/story.js';
import { escaped } from '../../src/timeline/markup.js';
import type { Run } from '../../src/timeline/report.js';
import { aRun } from './a-run.js';

const { lostUpdate: _, ...rest } = aRun;

/** The process that was stopped never went on. */
const killed: Run = {
  ...rest,
  lanes: aRun.lanes.map((lane) => ({
    ...lane,
    marks: lane.marks.map(({ at }) => ({ at, kind: 'killed' })),
  })),
};
const story = tellStory({ lanes: killed.lanes, lostUpdate: undefined });

const count = (text: string, part: string): number => text.split(part).length - 1;
const spansOf = ({ lanes }: Pick<Run, 'lanes'>) =>
  lanes.flatMap(({ batches }) => batches.flatMap(({ spans }) => spans));

describe('the turns of the story', () => {
  test('are the two of the lost update, and no others', () => {
    const { erased, erasing } = aRun.lostUpdate ?? {};
    const ids = highlightedPart(aRun).lanes.flatMap(({ batches }) => batches.map(({ id }) => id));
    expect(new Set(ids)).toEqual(new Set([erased?.batchId, erasing?.batchId]));
  });

  test('are those of a process that was killed, and of the next one', () => {
    const { lanes } = highlightedPart({ ...killed, story });
    const ids = lanes.flatMap(({ batches }) => batches.map(({ id }) => id));
    expect(ids).toEqual(expect.arrayContaining(story.flatMap(({ batchId }) => batchId ?? [])));
    expect(lanes.flatMap(({ marks }) => marks).map(({ kind }) => kind)).toEqual(['killed']);
  });

  test('are all where it tells of none', () => {
    expect(highlightedPart({ ...killed, story: [] }).lanes).toBe(killed.lanes);
  });
});

describe('the pictures', () => {
  const { results, all } = drawRun(aRun, 'run1');

  test('have every step of what they show, with a title', () => {
    for (const [svg, shown] of [
      [results, highlightedPart(aRun)],
      [all, aRun],
    ] as const) {
      expect(count(svg, '<g class="block ')).toBe(spansOf(shown).length);
      expect(count(svg, '<title>turn ')).toBe(spansOf(shown).length);
    }
    expect(spansOf(highlightedPart(aRun)).length).toBeLessThan(spansOf(aRun).length);
  });

  test('say what they show', () => {
    expect(results).toMatch(/^<svg [^>]*aria-label="The turns of the story, step by step"/);
    expect(results).toContain('class="arrow erases"');
    expect(all).toContain('stopped');
    expect(results + all).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('of a story without a lost update have what befell the process, too', () => {
    const pictures = drawRun({ ...killed, story }, 'run1');
    expect(pictures.results).toContain('killed');
    expect(pictures.results).not.toContain('class="arrow erases"');
    expect(pictures.results).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('the page', () => {
  const page = htmlPage([aRun]);

  test('has the verdict, the story and the command, and asks nobody for anything', () => {
    expect(page).toContain('<strong>BROKEN</strong>');
    for (const { text } of aRun.story) expect(page).toContain(escaped(text));
    expect(page).toContain(aRun.command);
    const addresses = [...page.matchAll(/https?:[^"' <]+/g)].map(([address]) => address);
    expect(new Set(addresses)).toEqual(new Set(['http://www.w3.org/2000/svg']));
    expect(page).not.toMatch(/<script|<link|<img|@import/);
  });

  test('knows the colours of what is drawn, by day and by night', () => {
    for (const kind of new Set(spansOf(aRun).map((span) => span.kind))) {
      expect(page).toMatch(new RegExp(`\\.${kind}[,\\s][^}]*--kind:`));
    }
    expect(page).toMatch(/prefers-color-scheme: dark[^}]*\.picture/);
  });

  test('gives each hatch an id of its own, and asks for no other', () => {
    const two = htmlPage([aRun, aRun]);
    const ids = [...two.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    const wanted = [...two.matchAll(/url\(#([^)]+)\)/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(wanted.length).toBeGreaterThan(0);
    expect(ids).toEqual(expect.arrayContaining(wanted));
  });

  test('takes no title for markup', () => {
    const title = '<b>&"';
    expect(htmlPage([{ ...aRun, title }])).toContain('<h2>&lt;b&gt;&amp;&quot;</h2>');
  });
});

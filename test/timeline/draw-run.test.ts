import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findHighlight } from '../../src/lab/highlight.js';
import { drawRun } from '../../src/timeline/draw-run.js';
import { htmlPage } from '../../src/timeline/html-report.js';
import { escaped } from '../../src/timeline/markup.js';
import type { Run } from '../../src/timeline/report.js';
import { exampleRun } from './example-run.js';

const { lostUpdate: _, highlight: _pair, ...rest } = exampleRun;

const killed = withFault('killed');

/** The same run, with the stopped process killed instead, and without the lost update. */
function withFault(kind: 'killed'): Run {
  const lanes = exampleRun.lanes.map((lane) => ({
    ...lane,
    marks: lane.marks.map(({ at }) => ({ at, kind })),
  }));
  const highlight = findHighlight(lanes, undefined);
  return { ...rest, lanes, ...(highlight === undefined ? {} : { highlight }) };
}

const count = (text: string, part: string): number => text.split(part).length - 1;
const spansOf = ({ lanes }: Pick<Run, 'lanes'>, ids?: readonly (string | undefined)[]) =>
  lanes.flatMap(({ batches }) =>
    batches.flatMap(({ id, spans }) => (ids === undefined || ids.includes(id) ? spans : [])),
  );

describe('drawRun', () => {
  const { highlighted, all } = drawRun(exampleRun, 'run1');

  test('draws every step, with a title', () => {
    const { first, second } = exampleRun.highlight ?? {};
    const ofPair = spansOf(exampleRun, [first, second]);
    for (const [svg, shown] of [
      [highlighted, ofPair],
      [all, spansOf(exampleRun)],
    ] as const) {
      expect(count(svg, '<g class="block ')).toBe(shown.length);
      expect(count(svg, '<title>batch ')).toBe(shown.length);
    }
    expect(ofPair.length).toBeLessThan(spansOf(exampleRun).length);
  });

  test('labels the drawings', () => {
    expect(highlighted).toMatch(/^<svg [^>]*aria-label="The batches of the story, step by step"/);
    expect(highlighted).toContain('class="arrow erases"');
    expect(all).toContain('stopped');
    expect(highlighted + all).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('draws what happened to the process in a story without a lost update', () => {
    const drawings = drawRun(killed, 'run1');
    expect(drawings.highlighted).toContain('killed');
    expect(drawings.highlighted).not.toContain('class="arrow erases"');
    expect(drawings.highlighted).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('htmlPage', () => {
  const timelineCss = readFileSync(
    resolve(import.meta.dirname, '../../src/timeline/timeline.css'),
    'utf8',
  );
  const page = htmlPage([exampleRun], { timelineCss });

  test('contains the verdict, the story and the command, and loads no other resource', () => {
    expect(page).toContain('<strong>BROKEN</strong>');
    const text = page.replaceAll(/<\/?b[^>]*>/g, '');
    for (const each of exampleRun.story) expect(text).toContain(escaped(each.text));
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
    const two = htmlPage([exampleRun, exampleRun], { timelineCss });
    const ids = [...two.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    const wanted = [...two.matchAll(/url\(#([^)]+)\)/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(wanted.length).toBeGreaterThan(0);
    expect(ids).toEqual(expect.arrayContaining(wanted));
  });

  test('escapes titles', () => {
    const title = '<b>&"';
    expect(htmlPage([{ ...exampleRun, title }], { timelineCss })).toContain(
      '<h2>&lt;b&gt;&amp;&quot;</h2>',
    );
  });
});

import { describe, expect, test } from 'vitest';
import { whole } from '../../src/timeline/axis.js';
import { draw } from '../../src/timeline/draw.js';
import { findHighlightedPair, keyStates } from '../../src/timeline/highlighted-pair.js';
import { type LayoutOptions, layOut } from '../../src/timeline/layout.js';
import { markup, printMarkup } from '../../src/timeline/markup.js';
import {
  batchOf,
  handoverRun,
  laneOf,
  lostUpdateRun,
  overtakenRun,
  withinProcessRun,
} from './sample-runs.js';

const across: LayoutOptions = {
  width: 900,
  direction: 'across',
  spacing: 'even',
  batches: 'pair',
  detail: 'full',
  view: whole,
};
const every: LayoutOptions[] = (['across', 'down'] as const).flatMap((direction) =>
  (['true', 'even'] as const).flatMap((spacing) =>
    (['pair', 'all'] as const).flatMap((batches) =>
      (['simple', 'full'] as const).flatMap((detail) =>
        [330, 900].map((width) => ({ ...across, direction, spacing, batches, detail, width })),
      ),
    ),
  ),
);

describe('the highlighted pair', () => {
  test('is the lost update', () => {
    const pair = findHighlightedPair(lostUpdateRun());
    expect([pair?.kind, pair?.first.batch.id, pair?.second.batch.id]).toEqual([
      'lostUpdate',
      '1:1',
      '2:1',
    ]);
  });

  test('is the handover of a run that names one', () => {
    const pair = findHighlightedPair(handoverRun());
    expect([pair?.kind, pair?.first.batch.id, pair?.second.batch.id]).toEqual([
      'handover',
      '1:1',
      '2:1',
    ]);
  });

  test('is missing where only one process sold', () => {
    const lanes = [laneOf(1, batchOf('1:1', 0, [0, 5], [1, 4]))];
    const { setting } = handoverRun();
    expect(findHighlightedPair({ lanes, setting })).toBeUndefined();
  });

  test('of an overtaken write has what that attempt read and wrote', () => {
    const pair = findHighlightedPair(overtakenRun());
    if (pair === undefined) throw new Error('the run must have a pair');
    const states = keyStates(pair).map(({ step, at, version, lost }) => [step, at, version, lost]);
    expect(states).toEqual([
      ['firstRead', 1, 0, false],
      ['secondRead', 1.5, 0, false],
      ['secondWrite', 3.5, 1, true],
      ['firstWrite', 3, 1, false],
    ]);
  });
});

describe('a layout', () => {
  test.each([330, 900])('down %i: labels of long times have room beside the lanes', (width) => {
    const lanes = [1, 2].map((pid) =>
      laneOf(pid, batchOf(`${pid}:1`, 2134.736 + pid, [0, 5], [1, 4])),
    );
    const {
      ticks,
      lanes: boxes,
      isNarrow,
    } = layOut({ lanes, setting: handoverRun().setting }, { ...across, direction: 'down', width });
    const characters = ticks.map(({ at }) => `${at}${isNarrow ? '' : ' ms'}`.length);
    expect(Math.max(...characters)).toBeGreaterThanOrEqual(8);
    expect(boxes[0]?.x).toBeGreaterThanOrEqual(6 + 7 * Math.max(...characters)); // of 12 pixels' size
  });

  test.each(every)('$direction $spacing $batches $width: everything lies inside', (options) => {
    const { blocks, dots, lanes, strips, width, height } = layOut(lostUpdateRun(), options);
    const segments = strips.flatMap((strip) => strip.segments);
    // A narrow timeline has no room for the lock that a run does not have.
    const narrow = options.direction === 'down' && options.width < 640;
    expect(strips).toHaveLength(options.batches === 'pair' ? (narrow ? 1 : 2) : 0);
    for (const { x, y, width: w, height: h } of [...blocks, ...lanes, ...strips, ...segments]) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(x + w).toBeLessThanOrEqual(width + 2);
      expect(y + h).toBeLessThanOrEqual(height);
    }
    expect(dots).toHaveLength(4);
    expect(lanes).toHaveLength(2);
  });

  test.each(every)(
    '$direction $spacing $batches $width: blocks of one lane do not overlap',
    (options) => {
      const { blocks } = layOut(lostUpdateRun(), options);
      const inner = blocks.filter(({ kind }) => kind !== 'holding');
      const overlaps: string[] = [];
      for (const one of inner) {
        for (const other of inner) {
          if (one === other || one.pid !== other.pid) continue;
          const apart =
            one.x + one.width <= other.x + 1.3 ||
            other.x + other.width <= one.x + 1.3 ||
            one.y + one.height <= other.y + 1.3 ||
            other.y + other.height <= one.y + 1.3;
          if (!apart) overlaps.push(`${one.batchId} ${one.kind}, ${other.batchId} ${other.kind}`);
        }
      }
      expect(inner.length).toBeGreaterThan(1);
      expect(overlaps).toEqual([]);
    },
  );

  test('draws an arrow from the erasing write to the lost one', () => {
    const { arrows, dots } = layOut(lostUpdateRun(), across);
    const [erases] = arrows.filter(({ kind }) => kind === 'erases');
    const at = (name: string) => dots.find(({ state }) => state.step === name);
    expect(erases?.from).toBe(at('secondWrite'));
    expect(erases?.to).toBe(at('firstWrite'));
    expect(at('firstWrite')?.state.lost).toBe(true);
    expect((erases?.from.y ?? 0) > (erases?.to.y ?? 0)).toBe(true);
  });

  test('draws an arrow from a write to the read that saw it where no update was lost', () => {
    const { arrows } = layOut(handoverRun(), across);
    expect(arrows.map(({ kind }) => kind)).toEqual(['sees']);
  });

  test('keeps an arrow while one of its ends is in the view, and no longer', () => {
    const arrowsIn = (from: number, to: number) =>
      layOut(lostUpdateRun(), { ...across, view: { from, to } }).arrows.map(({ kind }) => kind);
    const { dots } = layOut(lostUpdateRun(), across);
    const place = (name: string) =>
      ((dots.find(({ state }) => state.step === name)?.x ?? 0) - 10) / (across.width - 20);
    const [first, second] = [place('firstWrite'), place('secondWrite')];
    expect(second).toBeGreaterThan(first + 0.02);
    expect(arrowsIn(first + 0.01, 1)).toContain('erases'); // one end has left
    expect(arrowsIn(second + 0.01, 1)).not.toContain('erases');
  });

  test.each(['across', 'down'] as const)(
    '%s: two batches of one process have their labels on both sides, not on blocks',
    (direction) => {
      const { dots, blocks, lanes } = layOut(withinProcessRun(), { ...across, direction });
      expect(lanes).toHaveLength(1);
      expect(new Set(dots.map(({ side }) => side))).toEqual(new Set(['before', 'after']));
      const across2 = direction === 'down' ? 'x' : 'y';
      const thickness = direction === 'down' ? 'width' : 'height';
      for (const { side, labelAt, state } of dots) {
        const others = blocks.filter(({ batchId }) => batchId !== state.batch.id);
        const isOutside = others.every((block) =>
          side === 'before'
            ? labelAt[across2] < block[across2]
            : labelAt[across2] > block[across2] + block[thickness],
        );
        expect(isOutside).toBe(true);
      }
    },
  );

  test.each([
    ['lostUpdate', lostUpdateRun, ['same', 'erases']],
    ['handover', handoverRun, ['sees']],
    ['overtaken', overtakenRun, ['overtakes']],
  ] as const)('of %s has its arrows', (_, run, kinds) => {
    expect(layOut(run(), across).arrows.map(({ kind }) => kind)).toEqual(kinds);
  });

  test('shows read, decide, write and who waits; the rest only in full', () => {
    const kindsIn = (detail: 'simple' | 'full') =>
      new Set(layOut(lostUpdateRun(), { ...across, detail }).blocks.map(({ kind }) => kind));
    expect(kindsIn('simple')).toEqual(
      new Set(['waiting', 'holding', 'reading', 'deciding', 'writing']),
    );
    expect(kindsIn('full')).toContain('syncing');
    expect(layOut(lostUpdateRun(), { ...across, detail: 'simple' }).ticks).toEqual([]);
  });

  test('leaves out what is outside the view', () => {
    const all = { ...across, batches: 'all' } as const;
    const part = layOut(handoverRun(), { ...all, view: { from: 0, to: 0.2 } });
    expect(part.blocks.length).toBeLessThan(layOut(handoverRun(), all).blocks.length);
    expect(new Set(part.blocks.map(({ batchId }) => batchId))).toEqual(new Set(['1:1']));
  });
});

describe('a drawing', () => {
  test('labels the blocks that have room for it, in both selections', () => {
    for (const batches of ['pair', 'all'] as const) {
      expect(printMarkup(draw(layOut(lostUpdateRun(), { ...across, batches }), 'a', ''))).toContain(
        '>writes<',
      );
    }
  });

  test('has labels in every block of a process on a phone of 360 pixels', () => {
    const phone = { ...across, direction: 'down', width: 310, detail: 'simple' } as const;
    for (const run of [lostUpdateRun(), handoverRun(), overtakenRun()]) {
      const printed = printMarkup(draw(layOut(run, phone), 'a', ''));
      for (const kind of ['reading', 'deciding', 'writing']) {
        const blocks = [...printed.matchAll(new RegExp(`<g class="block ${kind}.*?</g>`, 'g'))];
        expect(blocks.length).toBeGreaterThan(0);
        for (const [block] of blocks) expect(block).toContain('</text>');
      }
    }
  });

  test('labels a mark after the title of its lane, not on it', () => {
    const [first, ...others] = handoverRun().lanes;
    if (first === undefined) throw new Error('the run must have lanes');
    const start = { ...first, marks: [{ kind: 'stopped', at: 0.2 }] as const };
    const layout = layOut(
      { ...handoverRun(), lanes: [start, ...others] },
      { ...across, batches: 'all' },
    );
    const printed = printMarkup(draw(layout, 'a', ''));
    const mark = Number(/<text x="([\d.]+)"[^>]*>stopped</.exec(printed)?.[1]);
    const pid = Number(/<text class="pid" x="([\d.]+)"/.exec(printed)?.[1]);
    expect(mark).toBeGreaterThan(pid + 30);
  });

  test('labels a mark at the very end on its inner side', () => {
    const [first, ...others] = handoverRun().lanes;
    if (first === undefined) throw new Error('the run must have lanes');
    const end = { ...first, marks: [{ kind: 'started', at: 14 }] as const };
    const layout = layOut(
      { ...handoverRun(), lanes: [end, ...others] },
      { ...across, batches: 'all' },
    );
    expect(printMarkup(draw(layout, 'a', ''))).toMatch(/text-anchor="end"[^>]*>started</);
  });

  test('prints as a standalone SVG', () => {
    const printed = printMarkup(
      draw(layOut(lostUpdateRun(), across), 'a', 'two & "three" <lanes>'),
    );
    expect(printed).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
    expect(printed).toContain('aria-label="two &amp; &quot;three&quot; &lt;lanes&gt;"');
    expect(printed).toContain('process A');
    expect(printed).not.toMatch(/undefined|NaN|style=/);
  });

  test('escapes text', () => {
    expect(printMarkup(markup('text', { x: 1 }, '</svg><script>'))).toBe(
      '<text x="1">&lt;/svg&gt;&lt;script&gt;</text>',
    );
  });
});

import { describe, expect, test } from 'vitest';
import { whole } from '../../src/timeline/axis.js';
import { draw } from '../../src/timeline/draw.js';
import { findHighlightedPair } from '../../src/timeline/highlighted-pair.js';
import { type LayoutOptions, layOut } from '../../src/timeline/layout.js';
import { markup, printMarkup } from '../../src/timeline/markup.js';
import { batchOf, handoverRun, laneOf, lostUpdateRun } from './sample-runs.js';

const across: LayoutOptions = {
  width: 900,
  direction: 'across',
  spacing: 'even',
  batches: 'pair',
  view: whole,
};
const every: LayoutOptions[] = (['across', 'down'] as const).flatMap((direction) =>
  (['true', 'even'] as const).flatMap((spacing) =>
    (['pair', 'all'] as const).flatMap((batches) =>
      [330, 900].map((width) => ({ ...across, direction, spacing, batches, width })),
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

  test('is the first handover where no update was lost', () => {
    const pair = findHighlightedPair(handoverRun());
    expect([pair?.kind, pair?.first.batch.id, pair?.second.batch.id]).toEqual([
      'handover',
      '1:1',
      '2:1',
    ]);
  });

  test('is missing where only one process sold', () => {
    expect(
      findHighlightedPair({ lanes: [laneOf(1, batchOf('1:1', 0, [0, 5], [1, 4]))] }),
    ).toBeUndefined();
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
    } = layOut({ lanes }, { ...across, direction: 'down', width });
    const characters = ticks.map(({ at }) => `${at}${isNarrow ? '' : ' ms'}`.length);
    expect(Math.max(...characters)).toBeGreaterThanOrEqual(8);
    expect(boxes[0]?.x).toBeGreaterThanOrEqual(6 + 7 * Math.max(...characters)); // of 12 pixels' size
  });

  test.each(every)('$direction $spacing $batches $width: everything lies inside', (options) => {
    const { blocks, dots, lanes, width, height } = layOut(lostUpdateRun(), options);
    for (const { x, y, width: w, height: h } of [...blocks, ...lanes]) {
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
    const at = (name: string) => dots.find(({ step }) => step === name);
    expect(erases?.from).toBe(at('secondWrite'));
    expect(erases?.to).toBe(at('firstWrite'));
    expect(at('firstWrite')?.lost).toBe(true);
    expect((erases?.from.y ?? 0) > (erases?.to.y ?? 0)).toBe(true);
  });

  test('draws an arrow from a write to the read that saw it where no update was lost', () => {
    const { arrows } = layOut(handoverRun(), across);
    expect(arrows.map(({ kind }) => kind)).toEqual(['sees']);
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

  test('labels a mark at the very end on its inner side', () => {
    const [first, ...others] = handoverRun().lanes;
    if (first === undefined) throw new Error('the run must have lanes');
    const end = { ...first, marks: [{ kind: 'started', at: 14 }] as const };
    const layout = layOut({ lanes: [end, ...others] }, { ...across, batches: 'all' });
    expect(printMarkup(draw(layout, 'a', ''))).toMatch(/text-anchor="end"[^>]*>started</);
  });

  test('prints as a standalone SVG', () => {
    const printed = printMarkup(
      draw(layOut(lostUpdateRun(), across), 'a', 'two & "three" <lanes>'),
    );
    expect(printed).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
    expect(printed).toContain('aria-label="two &amp; &quot;three&quot; &lt;lanes&gt;"');
    expect(printed).toContain('worker 1');
    expect(printed).not.toMatch(/undefined|NaN|style=/);
  });

  test('escapes text', () => {
    expect(printMarkup(markup('text', { x: 1 }, '</svg><script>'))).toBe(
      '<text x="1">&lt;/svg&gt;&lt;script&gt;</text>',
    );
  });
});

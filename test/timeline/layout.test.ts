import { describe, expect, test } from 'vitest';
import { whole } from '../../src/timeline/axis.js';
import { draw } from '../../src/timeline/draw.js';
import { type LayoutOptions, layOut } from '../../src/timeline/layout.js';
import { markup, printMarkup } from '../../src/timeline/markup.js';
import { pairOf } from '../../src/timeline/pair.js';
import { batchOf, laneOf, lostRun, orderlyRun } from './run-of.js';

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

describe('the two turns that a run is told by', () => {
  test('are those of the first lost update', () => {
    const pair = pairOf(lostRun());
    expect([pair?.kind, pair?.first.batch.id, pair?.second.batch.id]).toEqual([
      'lost',
      '1:1',
      '2:1',
    ]);
  });

  test('or else the first that read what another process wrote', () => {
    const pair = pairOf(orderlyRun());
    expect([pair?.kind, pair?.first.batch.id, pair?.second.batch.id]).toEqual([
      'handedOver',
      '1:1',
      '2:1',
    ]);
  });

  test('are none where only one process sold', () => {
    expect(pairOf({ lanes: [laneOf(1, batchOf('1:1', 0, [0, 5], [1, 4]))] })).toBeUndefined();
  });
});

describe('a layout', () => {
  test.each(every)('$direction $spacing $turns $width: nothing lies outside', (options) => {
    const { blocks, dots, lanes, width, height } = layOut(lostRun(), options);
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
    '$direction $spacing $turns $width: steps of one lane do not overlap',
    (options) => {
      const { blocks } = layOut(lostRun(), options);
      const steps = blocks.filter(({ kind }) => kind !== 'holding');
      for (const one of steps) {
        for (const other of steps) {
          if (one === other || one.pid !== other.pid) continue;
          const apart =
            one.x + one.width <= other.x + 1.3 ||
            other.x + other.width <= one.x + 1.3 ||
            one.y + one.height <= other.y + 1.3 ||
            other.y + other.height <= one.y + 1.3;
          expect(apart, `${one.batchId} ${one.kind}, ${other.batchId} ${other.kind}`).toBe(true);
        }
      }
    },
  );

  test('the arrow leads from the write that erases to the one that is lost', () => {
    const { arrows, dots } = layOut(lostRun(), across);
    const [erases] = arrows.filter(({ kind }) => kind === 'erases');
    const at = (name: string) => dots.find(({ stop }) => stop === name);
    expect(erases?.from).toBe(at('secondWrite'));
    expect(erases?.to).toBe(at('firstWrite'));
    expect(at('firstWrite')?.lost).toBe(true);
    expect((erases?.from.y ?? 0) > (erases?.to.y ?? 0)).toBe(true);
  });

  test('without a loss an arrow leads from the write to the read that saw it', () => {
    const { arrows } = layOut(orderlyRun(), across);
    expect(arrows.map(({ kind }) => kind)).toEqual(['sees']);
  });

  test('what is outside the view is not drawn', () => {
    const all = { ...across, batches: 'all' } as const;
    const seen = layOut(orderlyRun(), { ...all, view: { from: 0, to: 0.2 } });
    expect(seen.blocks.length).toBeLessThan(layOut(orderlyRun(), all).blocks.length);
    expect(new Set(seen.blocks.map(({ batchId }) => batchId))).toEqual(new Set(['1:1']));
  });
});

describe('a drawing', () => {
  test('names the steps that have room for it, of however many turns', () => {
    for (const batches of ['pair', 'all'] as const) {
      expect(printMarkup(draw(layOut(lostRun(), { ...across, batches }), 'a', ''))).toContain(
        '>writes<',
      );
    }
  });

  test('tells on its inner side what befell a process at the very end', () => {
    const [first, ...others] = orderlyRun().lanes;
    if (first === undefined) throw new Error('it has lanes');
    const end = { ...first, marks: [{ kind: 'started', at: 14 }] as const };
    const layout = layOut({ lanes: [end, ...others] }, { ...across, batches: 'all' });
    expect(printMarkup(draw(layout, 'a', ''))).toMatch(/text-anchor="end"[^>]*>started</);
  });

  test('is text that may stand in a file', () => {
    const printed = printMarkup(draw(layOut(lostRun(), across), 'a', 'two & "three" <lanes>'));
    expect(printed).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
    expect(printed).toContain('aria-label="two &amp; &quot;three&quot; &lt;lanes&gt;"');
    expect(printed).toContain('worker 1');
    expect(printed).not.toMatch(/undefined|NaN|style=/);
  });

  test('escapes what it is given', () => {
    expect(printMarkup(markup('text', { x: 1 }, '</svg><script>'))).toBe(
      '<text x="1">&lt;/svg&gt;&lt;script&gt;</text>',
    );
  });
});

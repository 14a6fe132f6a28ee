import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Axis, type Spacing, viewOn, whole } from '../../src/timeline/axis.js';

const instants = fc.array(fc.double({ min: 0, max: 1e4, noNaN: true }), { minLength: 2 });
const spacing = fc.constantFrom<Spacing>('true', 'even');

describe('an axis', () => {
  test('keeps the order of moments and stays between 0 and 1', () => {
    fc.assert(
      fc.property(
        instants,
        spacing,
        fc.array(fc.double({ min: -1, max: 2e4, noNaN: true })),
        (all, how, moments) => {
          const axis = new Axis(all, how);
          const places = moments.toSorted((a, b) => a - b).map((at) => axis.place(at));
          expect(places).toEqual(places.toSorted((a, b) => a - b));
          expect(places.every((place) => place >= 0 && place <= 1)).toBe(true);
        },
      ),
    );
  });

  test('places moments in proportion to time on the true scale', () => {
    const axis = new Axis([10, 10.001, 20], 'true');
    expect([10, 12.5, 20].map((at) => axis.place(at))).toEqual([0, 0.25, 1]);
  });

  test('finds the moment of a place again', () => {
    fc.assert(
      fc.property(instants, spacing, fc.double({ min: 0, max: 1, noNaN: true }), (all, how, at) => {
        const axis = new Axis(all, how);
        fc.pre(axis.instants.length > 1);
        expect(axis.place(axis.moment(at))).toBeCloseTo(at, 6);
      }),
    );
  });

  test('shows where a part of another one is', () => {
    const [run, pair] = [new Axis([0, 100], 'true'), new Axis([20, 20.01, 40], 'even')];
    expect(viewOn(pair, whole, run)).toEqual({ from: 0.2, to: 0.4 });
    expect(viewOn(pair, { from: 0.75, to: 1 }, run)).toEqual({
      from: expect.closeTo(0.3, 3),
      to: 0.4,
    });
  });

  test('gives a microsecond as much room as a second when evenly spaced', () => {
    const axis = new Axis([0, 0.001, 1000], 'even');
    expect([0, 0.001, 1000].map((at) => axis.place(at))).toEqual([0, 0.5, 1]);
    expect(axis.place(500)).toBeCloseTo(0.75, 3);
  });

  test('merges instants that would be drawn on top of each other', () => {
    expect(new Axis([0, 0.0001, 5], 'even').steps).toBe(1);
  });

  test('labels round moments on the true scale and instants on the even one', () => {
    expect(new Axis([0, 97], 'true').ticks(whole, 6)).toEqual([0, 20, 40, 60, 80]);
    expect(new Axis([3, 5.5, 97], 'even').ticks(whole, 6)).toEqual([3, 5.5, 97]);
    fc.assert(
      fc.property(instants, spacing, fc.integer({ min: 1, max: 20 }), (all, how, max) => {
        expect(new Axis(all, how).ticks(whole, max).length).toBeLessThanOrEqual(max + 1);
      }),
    );
  });
});

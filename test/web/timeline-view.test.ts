import { describe, expect, test } from 'vitest';
import { TimelineView } from '../../src/web/lab/timeline-view.js';

describe('TimelineView', () => {
  const create = () => {
    let draws = 0;
    const view = new TimelineView('even', () => draws++);
    return { view, draws: () => draws };
  };

  test('zooms around a place that stays where it is, and never beyond the axis', () => {
    const { view, draws } = create();
    view.zoom(1 / 4, 0.8);
    expect(view.current.from).toBeCloseTo(0.6);
    expect(view.current.to).toBeCloseTo(0.85);
    expect(view.isWhole).toBe(false);
    view.zoom(1e-9);
    expect(view.current.to - view.current.from).toBeCloseTo(0.01); // the smallest part
    view.zoom(1e9);
    expect(view.current).toEqual({ from: 0, to: 1 });
    expect(view.isWhole).toBe(true);
    expect(draws()).toBe(3);
  });

  test('pans until an end of the axis, and reveals a place', () => {
    const { view } = create();
    view.zoom(1 / 2);
    view.pan(10);
    expect(view.current).toEqual({ from: 0.5, to: 1 });
    view.reveal(0.75); // is shown
    expect(view.current).toEqual({ from: 0.5, to: 1 });
    view.reveal(0.3);
    expect(view.current.from).toBeCloseTo(0.05);
    expect(view.current.to).toBeCloseTo(0.55);
  });

  test('shows everything again with another spacing', () => {
    const { view } = create();
    view.zoom(1 / 2);
    view.setSpacing('true');
    expect(view.current).toEqual({ from: 0, to: 1 });
    expect(view.spacing).toBe('true');
  });
});

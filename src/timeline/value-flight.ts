import { number } from './format.js';
import type { Layout, Point } from './layout.js';

/** A value on its way from the file to the process that read it, or from the one that wrote it. */
export interface ValueFlight {
  readonly text: string;
  readonly from: Point;
  readonly to: Point;
}

/** The value that is read or written at a moment of a pair, if one is. Pure. */
export function valueFlightAt(
  { dots, strips, direction }: Pick<Layout, 'dots' | 'strips' | 'direction'>,
  at: number,
): ValueFlight | undefined {
  const dot = dots.find(({ state, isVisible }) => isVisible && state.at === at);
  const file = strips.find(({ kind }) => kind === 'file');
  if (dot === undefined || file === undefined) return undefined;
  const { step, verb, lost, remaining, version } = dot.state;
  if (step === 'secondWrite' && lost) return undefined; // it does not count: the file says the same
  const process = { x: dot.x, y: dot.y };
  const inFile =
    direction === 'down'
      ? { x: file.x + file.width / 2, y: dot.y }
      : { x: dot.x, y: file.y + file.height / 2 };
  const [from, to] = verb === 'read' ? [inFile, process] : [process, inFile];
  return { text: number(remaining ?? version), from, to };
}

import type { EmitStep, StepName } from '../../src/booking/sale-steps.js';

/** A step that a store emitted: its name, and the version it carries. */
export type RecordedStep = readonly [name: StepName, version?: number];

/** An `emit` that records the steps. */
export function recordSteps(): { emit: EmitStep; steps: RecordedStep[] } {
  const steps: RecordedStep[] = [];
  const emit: EmitStep = (name, { version } = {}) =>
    steps.push(version === undefined ? [name] : [name, version]);
  return { emit, steps };
}

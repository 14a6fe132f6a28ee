import { HttpError } from '../api.js';

const text = {
  labOff: 'Experiments are switched off here. Start with LAB=on to allow them.',
  busy: 'Another experiment is running, and there is room for only one. Try again in a moment.',
};

/** Whether the lab is running another experiment. */
export const isLabBusy = (error: unknown): boolean =>
  error instanceof HttpError && error.problem.kind === 'lab-busy';

/** Why the lab did not do what it was asked. */
export function describeLabError(error: unknown): string {
  if (isLabBusy(error)) return text.busy;
  const isOff = error instanceof HttpError && error.problem.kind === 'unknown-route';
  return isOff ? text.labOff : (error as Error).message;
}

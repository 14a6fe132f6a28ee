import { z } from 'zod';
import type { LabRequest } from './lab-request.js';
import { runShape } from './report.js';
import type { Immutable } from './setting.js';
import type { SteppedAction, SteppedStatus } from './stepped-run.js';

const progress = z.object({
  phase: z.enum(['starting', 'selling', 'judging']),
  run: z.int().meta({ description: 'Which of `runs`, from 1: a scenario may have several' }),
  runs: z.int(),
  title: z.string(),
});
export type Progress = Immutable<z.infer<typeof progress>>;

export const labStatus = z.object({
  id: z.string(),
  state: z.enum(['running', 'done', 'failed', 'stopped']),
  progress,
  runs: z
    .array(runShape)
    .meta({ description: 'Finished runs; a rung or a custom setting has one' }),
  failure: z.string().exactOptional().meta({ description: 'Why it failed' }),
});

/** How far an experiment has come. `runs` grows while `state` is `running`. */
export type LabStatus = Immutable<z.infer<typeof labStatus>>;

/** A request to the lab. It checks itself whether the values of a request fit together. */
export type LabQuestion =
  | {
      readonly verb: 'begin';
      readonly request: LabRequest;
      /** Whether a program on this machine asks: it may start more of them. */
      readonly isLocal: boolean;
    }
  | { readonly verb: 'look' | 'stop'; readonly id: string }
  | {
      readonly verb: 'step';
      readonly id: string;
      readonly pid: number;
      readonly action: SteppedAction;
    };

/** Its reply. `busy`: another experiment is running. `impossible`: the process cannot do that now. */
export type LabReply =
  | { readonly kind: 'status'; readonly status: LabStatus | SteppedStatus }
  | { readonly kind: 'impossible'; readonly why: string }
  | { readonly kind: 'busy' }
  | { readonly kind: 'tooMany'; readonly retryAfterS: number }
  | { readonly kind: 'invalid'; readonly why: string }
  | { readonly kind: 'unknown' };

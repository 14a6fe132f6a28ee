import { z } from 'zod';

/** Serials of one event that a commit sold; they are always consecutive. */
export const serialRange = z.object({ eventId: z.string(), first: z.int(), last: z.int() });

/** The public part of a chained commit: no customer, no order id. */
export const chainedCommit = z.object({
  seq: z.int().meta({ description: 'Counted in its chain; with postgres each event has a chain' }),
  prev: z.string().meta({ description: 'The hash of the line that it extends' }),
  pid: z
    .int()
    .optional()
    .meta({ description: 'Missing with postgres: processes of two machines can share a pid' }),
  at: z.string(),
  sold: z.array(serialRange),
});

/** A line of a store that chains its commits by their hashes. */
export const chainLine = z.object({
  counts: z
    .boolean()
    .meta({ description: 'Whether it is part of the chain; an overtaken or torn line is not' }),
  hash: z.string(),
  commit: chainedCommit.optional().meta({ description: 'Missing if the line is incomplete' }),
});

export type SerialRange = z.infer<typeof serialRange>;
export type ChainedCommit = z.infer<typeof chainedCommit>;
export type ChainLine = z.infer<typeof chainLine>;

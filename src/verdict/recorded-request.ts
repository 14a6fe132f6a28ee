import { z } from 'zod';

const buyQuestion = z.strictObject({
  kind: z.literal('buy'),
  eventId: z.string(),
  customer: z.string(),
  quantity: z.int().min(1),
  key: z.string().exactOptional(),
});

const searchQuestion = z.strictObject({
  kind: z.literal('search'),
  /** The query string as sent; no check reads it. */
  query: z.string().exactOptional(),
});

const soldAnswer = z.object({
  status: z.literal(201),
  eventId: z.string(),
  customer: z.string(),
  quantity: z.int().min(1),
  serials: z.array(z.int()),
  remaining: z.int(),
  version: z.int().min(0),
});

const soldOutAnswer = z.object({
  status: z.literal(409),
  requested: z.int(),
  remaining: z.int(),
  version: z.int().min(0).exactOptional(),
});

const foundAnswer = z.object({
  status: z.literal(200),
  version: z.int().min(0),
  events: z.array(z.object({ id: z.string(), remaining: z.int() })),
});

/** Any other answer: only its status matters. */
const otherAnswer = z.object({ status: z.int().min(100).max(599) });

const shapeOfStatus = new Map<unknown, z.ZodType<Answer>>([
  [200, foundAnswer],
  [201, soldAnswer],
  [409, soldOutAnswer],
]);

/** The shape is chosen by status, so that an error names what is missing instead of every shape. */
const answer = z.unknown().transform((value, context): Answer | null => {
  if (value === null) return null;
  const { status } = (value ?? {}) as { status?: unknown };
  const parsed = (shapeOfStatus.get(status) ?? otherAnswer).safeParse(value);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
  return z.NEVER;
});

/** One request as its client saw it. */
export const recordedRequest = z
  .strictObject({
    id: z.string().min(1),
    sentAt: z.number(),
    answeredAt: z.number().nullable(),
    question: z.discriminatedUnion('kind', [buyQuestion, searchQuestion]),
    answer,
  })
  .superRefine(({ sentAt, answeredAt, question, answer: given }, context) => {
    const issue = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if ((answeredAt === null) !== (given === null)) {
      issue('answeredAt', 'answer and answeredAt must both be set, or both be null');
    }
    if (answeredAt !== null && answeredAt < sentAt) {
      issue('answeredAt', 'it is earlier than sentAt');
    }
    const impossible = question.kind === 'buy' ? [200] : [201, 409];
    if (given !== null && impossible.includes(given.status)) {
      issue('answer', `${given.status} cannot answer a ${question.kind}`);
    }
  });

export type BuyQuestion = Readonly<z.infer<typeof buyQuestion>>;
export type SearchQuestion = Readonly<z.infer<typeof searchQuestion>>;
export type SoldAnswer = Readonly<z.infer<typeof soldAnswer>>;
export type SoldOutAnswer = Readonly<z.infer<typeof soldOutAnswer>>;
export type FoundAnswer = Readonly<z.infer<typeof foundAnswer>>;
export type Answer = SoldAnswer | SoldOutAnswer | FoundAnswer | z.infer<typeof otherAnswer>;

/**
 * One request as its client saw it. Times are milliseconds of one monotonic clock. Without an answer,
 * both `answeredAt` and `answer` are `null`.
 */
export interface RecordedRequest {
  readonly id: string;
  readonly sentAt: number;
  readonly answeredAt: number | null;
  readonly question: BuyQuestion | SearchQuestion;
  readonly answer: Answer | null;
}

/** Every request of a run. */
export interface History {
  readonly requests: readonly RecordedRequest[];
  /** Requests that were sent but not recorded, because the recorder was full. */
  readonly dropped: number;
}

type Asked<Question> = RecordedRequest & { readonly question: Question };
type Answered<Question, Given> = Asked<Question> & {
  readonly answeredAt: number;
  readonly answer: Given;
};

export type RecordedBuy = Asked<BuyQuestion>;
export type RecordedSale = Answered<BuyQuestion, SoldAnswer>;
export type RecordedRefusal = Answered<BuyQuestion, SoldOutAnswer>;
export type RecordedSearch = Answered<SearchQuestion, FoundAnswer>;

export const isBuy = (request: RecordedRequest): request is RecordedBuy =>
  request.question.kind === 'buy';

export const isSale = (request: RecordedRequest): request is RecordedSale =>
  isBuy(request) && request.answer?.status === 201;

export const isRefusal = (request: RecordedRequest): request is RecordedRefusal =>
  isBuy(request) && request.answer?.status === 409;

export const isSearch = (request: RecordedRequest): request is RecordedSearch =>
  !isBuy(request) && request.answer?.status === 200;

/** A buy with an unknown result: it may have been sold, or be sold later, or never. */
export const isUnknown = (request: RecordedRequest): request is RecordedBuy =>
  isBuy(request) && (request.answer === null || request.answer.status >= 500);

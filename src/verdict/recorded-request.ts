import { z } from 'zod';
import { eventDetails } from '../booking/inventory.js';

const tickets = {
  eventId: z.string(),
  customer: z.string(),
  quantity: z.int().min(1),
};
const key = z.string().exactOptional();
const holdId = z.string();

const question = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('buy'), ...tickets, key }),
  z.strictObject({ kind: z.literal('hold'), ...tickets, key }),
  z.strictObject({ kind: z.literal('confirm'), holdId }),
  z.strictObject({ kind: z.literal('release'), holdId }),
  z.strictObject({
    kind: z.literal('cancel'),
    /** What it was sent with; no check reads it, because the ledger does not contain it. */
    orderId: z.string().exactOptional(),
    eventId: z.string(),
    serials: z.array(z.int()).min(1),
  }),
  z.strictObject({ kind: z.literal('admit'), eventId: z.string(), serial: z.int(), key }),
  z.strictObject({
    kind: z.literal('saveEvent'),
    eventId: z.string(),
    event: eventDetails,
    /** The revision that the editor has seen; without one, the event is to be created. */
    revision: z.int().exactOptional(),
  }),
  z.strictObject({ kind: z.literal('removeEvent'), eventId: z.string() }),
  z.strictObject({
    kind: z.literal('search'),
    /** The query string as sent; no check reads it. */
    query: z.string().exactOptional(),
  }),
]);

const price = z.object({ amount: z.int(), currency: z.string() }).exactOptional();
const version = z.int().min(0);
const remaining = z.int();

const order = { ...tickets, serials: z.array(z.int()), total: price, remaining, version };
const soldAnswer = z.object({ status: z.literal(201), ...order });
const soldAgainAnswer = z.object({ status: z.literal(200), ...order });
const heldAnswer = z.object({
  status: z.literal(201),
  holdId,
  ...tickets,
  total: price,
  expiresAt: z.string(),
  remaining,
  version,
});
const soldOutAnswer = z.object({
  status: z.literal(409),
  requested: z.int(),
  remaining,
  version: version.exactOptional(),
});
const notOnSaleAnswer = z.object({
  status: z.literal(409),
  salesFrom: z.string().exactOptional(),
  salesUntil: z.string().exactOptional(),
});
const admission = { admittedAt: z.string(), door: z.string() };
const admittedAnswer = z.object({
  status: z.literal(201),
  eventId: z.string(),
  serial: z.int(),
  ...admission,
});
const alreadyAdmittedAnswer = z.object({
  status: z.literal(409),
  admittedAt: admission.admittedAt.exactOptional(),
  door: admission.door.exactOptional(),
});
const savedAnswer = z.object({
  status: z.union([z.literal(200), z.literal(201)]),
  revision: z.int().min(1),
  remaining: remaining.exactOptional(),
});
const revisionMismatchAnswer = z.object({ status: z.literal(412), revision: z.int().min(0) });
const capacityTooSmallAnswer = z.object({ status: z.literal(409), taken: z.int() });
const foundAnswer = z.object({
  status: z.literal(200),
  version,
  events: z.array(z.object({ id: z.string(), remaining, capacity: z.int().exactOptional() })),
});

/** Any other answer: only its status matters. */
const otherAnswer = z.object({ status: z.int().min(100).max(599) });

type Status = number;
type Shapes = ReadonlyMap<Status, z.ZodType<Answer>>;

/** A problem says when the sale begins or ends, or how many tickets remain. */
const refusedAnswer = z.unknown().transform((value, context): SoldOutAnswer | NotOnSaleAnswer => {
  const { salesFrom, salesUntil } = value as NotOnSaleAnswer;
  const isNotOnSale = salesFrom !== undefined || salesUntil !== undefined;
  const parsed = (isNotOnSale ? notOnSaleAnswer : soldOutAnswer).safeParse(value);
  return parsed.success ? parsed.data : reject(context, parsed.error);
}) as unknown as z.ZodType<SoldOutAnswer | NotOnSaleAnswer>;

const ticketRefusals: [Status, z.ZodType<Answer>][] = [
  [404, otherAnswer],
  [409, refusedAnswer],
  [422, otherAnswer],
];

/**
 * What can answer a question, by status. The shape is chosen by the status, so that an error names
 * what is missing instead of every shape. A status that no question here has, such as 429, is left out:
 * it says that the server did not even try.
 */
const shapesOf: Readonly<Record<Question['kind'], Shapes>> = {
  buy: new Map([[201, soldAnswer], ...ticketRefusals]),
  hold: new Map([[201, heldAnswer], ...ticketRefusals]),
  confirm: new Map<Status, z.ZodType<Answer>>([
    [200, soldAgainAnswer],
    [201, soldAnswer],
    [404, otherAnswer],
    [410, otherAnswer],
  ]),
  release: new Map([
    [204, otherAnswer],
    [404, otherAnswer],
    [409, otherAnswer],
  ]),
  cancel: new Map([
    [200, otherAnswer],
    [404, otherAnswer],
    [409, otherAnswer],
  ]),
  admit: new Map<Status, z.ZodType<Answer>>([
    [201, admittedAnswer],
    [404, otherAnswer],
    [409, alreadyAdmittedAnswer],
    [410, otherAnswer],
    [422, otherAnswer],
  ]),
  saveEvent: new Map<Status, z.ZodType<Answer>>([
    [200, savedAnswer],
    [201, savedAnswer],
    [409, capacityTooSmallAnswer],
    [412, revisionMismatchAnswer],
  ]),
  removeEvent: new Map([
    [204, otherAnswer],
    [404, otherAnswer],
    [409, otherAnswer],
  ]),
  search: new Map<Status, z.ZodType<Answer>>([
    [200, foundAnswer],
    [404, otherAnswer],
    [422, otherAnswer],
  ]),
};

/** The statuses that answer what was asked; every other one can answer any question. */
const telling: ReadonlySet<Status> = new Set([200, 201, 204, 404, 409, 410, 412, 422]);

/** One request as its client saw it. */
export const recordedRequest = z
  .strictObject({
    id: z.string().min(1),
    sentAt: z.number(),
    answeredAt: z.number().nullable(),
    question,
    answer: z.unknown(),
  })
  .transform((recorded, context): RecordedRequest => {
    const answer = parseAnswer(recorded.question.kind, recorded.answer ?? null, context);
    const { sentAt, answeredAt } = recorded;
    const issue = (message: string) =>
      context.addIssue({ code: 'custom', path: ['answeredAt'], message });
    if ((answeredAt === null) !== (answer === null)) {
      issue('answer and answeredAt must both be set, or both be null');
    }
    if (answeredAt !== null && answeredAt < sentAt) issue('it is earlier than sentAt');
    return { ...recorded, answer };
  });

function parseAnswer(
  kind: Question['kind'],
  value: unknown,
  context: z.core.$RefinementCtx,
): Answer | null {
  if (value === null) return null;
  const { status } = value as { status?: unknown };
  const shape = shapesOf[kind].get(status as Status);
  if (shape === undefined && telling.has(status as Status)) {
    const message = `${status} cannot answer a ${kind}`;
    context.addIssue({ code: 'custom', path: ['answer'], message });
    return z.NEVER;
  }
  const parsed = (shape ?? otherAnswer).safeParse(value);
  return parsed.success ? parsed.data : reject(context, parsed.error, 'answer');
}

function reject(
  context: z.core.$RefinementCtx,
  { issues }: z.ZodError,
  ...inside: string[]
): never {
  for (const { path, message } of issues) {
    context.addIssue({ code: 'custom', path: [...inside, ...path], message });
  }
  return z.NEVER;
}

export type Question = Readonly<z.infer<typeof question>>;
export type QuestionOf<Kind extends Question['kind']> = Extract<Question, { readonly kind: Kind }>;
export type BuyQuestion = QuestionOf<'buy'>;

export type SoldAnswer = Readonly<z.infer<typeof soldAnswer> | z.infer<typeof soldAgainAnswer>>;
export type HeldAnswer = Readonly<z.infer<typeof heldAnswer>>;
export type SoldOutAnswer = Readonly<z.infer<typeof soldOutAnswer>>;
export type NotOnSaleAnswer = Readonly<z.infer<typeof notOnSaleAnswer>>;
export type AdmittedAnswer = Readonly<z.infer<typeof admittedAnswer>>;
export type AlreadyAdmittedAnswer = Readonly<z.infer<typeof alreadyAdmittedAnswer>>;
export type SavedAnswer = Readonly<z.infer<typeof savedAnswer>>;
export type RevisionMismatchAnswer = Readonly<z.infer<typeof revisionMismatchAnswer>>;
export type CapacityTooSmallAnswer = Readonly<z.infer<typeof capacityTooSmallAnswer>>;
export type FoundAnswer = Readonly<z.infer<typeof foundAnswer>>;
export type Answer =
  | SoldAnswer
  | HeldAnswer
  | SoldOutAnswer
  | NotOnSaleAnswer
  | AdmittedAnswer
  | AlreadyAdmittedAnswer
  | SavedAnswer
  | RevisionMismatchAnswer
  | CapacityTooSmallAnswer
  | FoundAnswer
  | Readonly<z.infer<typeof otherAnswer>>;

/**
 * One request as its client saw it. Times are milliseconds of one monotonic clock. Without an answer,
 * both `answeredAt` and `answer` are `null`.
 */
export interface RecordedRequest {
  readonly id: string;
  readonly sentAt: number;
  readonly answeredAt: number | null;
  readonly question: Question;
  readonly answer: Answer | null;
}

/** Every request of a run. */
export interface History {
  readonly requests: readonly RecordedRequest[];
  /** Requests that were sent but not recorded, because the recorder was full. */
  readonly dropped: number;
}

export type Asked<Kind extends Question['kind']> = RecordedRequest & {
  readonly question: QuestionOf<Kind>;
};
type Answered<Kind extends Question['kind'], Given> = Asked<Kind> & {
  readonly answeredAt: number;
  readonly answer: Given;
};

export type RecordedSale = Answered<'buy', SoldAnswer>;
export type RecordedOrder = Answered<'buy' | 'confirm', SoldAnswer>;
export type RecordedHold = Answered<'hold', HeldAnswer>;
export type RecordedRefusal = Answered<'buy' | 'hold', SoldOutAnswer>;
export type RecordedSearch = Answered<'search', FoundAnswer>;
export type RecordedAdmission = Answered<'admit', AdmittedAnswer>;
export type RecordedSave = Answered<'saveEvent', SavedAnswer>;

const statusOf = ({ answer }: RecordedRequest): number | undefined => answer?.status;

export const isAsked =
  <Kind extends Question['kind']>(...kinds: readonly Kind[]) =>
  (request: RecordedRequest): request is Asked<Kind> =>
    (kinds as readonly string[]).includes(request.question.kind);

/** A buy that was sold. */
export const isSale = (request: RecordedRequest): request is RecordedSale =>
  request.question.kind === 'buy' && statusOf(request) === 201;

/** A buy or a confirmation that was sold, the first time or again. */
export const isOrder = (request: RecordedRequest): request is RecordedOrder =>
  isSale(request) || (request.question.kind === 'confirm' && isSuccess(request));

export const isHold = (request: RecordedRequest): request is RecordedHold =>
  request.question.kind === 'hold' && statusOf(request) === 201;

/** A buy or a hold that got no tickets, because fewer remained. */
export const isRefusal = (request: RecordedRequest): request is RecordedRefusal =>
  (request.question.kind === 'buy' || request.question.kind === 'hold') &&
  statusOf(request) === 409 &&
  'requested' in (request.answer ?? {});

export const isSearch = (request: RecordedRequest): request is RecordedSearch =>
  request.question.kind === 'search' && statusOf(request) === 200;

/** Whether the answer says that it was done, now or before. */
export function isSuccess(request: RecordedRequest): boolean {
  const status = statusOf(request) ?? 0;
  return status >= 200 && status < 300;
}

/** A request that wanted to change something and has an unknown result: it may still be done, or never. */
export const isUnknown = (request: RecordedRequest): boolean =>
  request.question.kind !== 'search' && (statusOf(request) ?? 500) >= 500;

import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { Fault } from '../booking/faults.js';
import type { Order } from '../booking/outcomes.js';
import { serialsFrom } from '../booking/serial-ranges.js';
import { Chain, type Head } from '../store/ledger/chain.js';
import { readCheckpoint } from '../store/ledger/checkpoint.js';
import { type Commit, hashOf, parseCommit } from '../store/ledger/ledger-line.js';
import { loadLedger, readGenesis } from '../store/ledger/load.js';
import {
  type CancelledOp,
  isSale,
  type Op,
  priceOf,
  type SoldOp,
  toOrder,
} from '../store/ledger/ops.js';
import { OrderIds } from '../store/ledger/order-ids.js';
import { readOrderKey } from '../store/ledger/order-key.js';
import { ledgerIn, ticketsIn } from '../store/ledger/paths.js';
import { TicketIndex } from '../store/ledger/ticket-index.js';
import { LineReader, readLineAt } from '../store/shared/line-reader.js';
import { openOwnFile } from '../store/shared/private-file.js';
import { UserError } from '../user-error.js';
import type { MessagePage, MessageSource, ReadMessage } from './backend.js';
import { ExpiringHolds } from './expiring-holds.js';
import {
  admissionData,
  eventData,
  holdData,
  type MessageContent,
  messageId,
  orderData,
} from './message.js';
import type { Cursor } from './progress.js';

const cursorOf = ({ end, seq, hash }: Head): Cursor => ({ offset: end, seq, hash });

const openLedger = (folder: string): Promise<FileHandle> =>
  openOwnFile(ledgerIn(folder), constants.O_RDWR); // a sync may need the right to write

/** The end of the ledger of a folder: its last line that counts. */
export async function endOfLedger(folder: string): Promise<Cursor> {
  const file = await openLedger(folder);
  try {
    const { fold, lines } = await loadLedger(file, await readCheckpoint(ticketsIn(folder)));
    await lines.readNewLines((line, offset) => void fold.take(line, offset));
    return cursorOf(fold.head);
  } finally {
    await file.close();
  }
}

/**
 * Opens the ledger of a folder at a cursor.
 *
 * @param durable whether messages wait for a sync, as buyers do
 * @param orderSecret the key of the order ids, unless it is in the folder
 */
export async function openLedgerSource(
  folder: string,
  cursor: Cursor,
  { durable, orderSecret }: { durable: boolean; orderSecret?: string | undefined },
): Promise<MessageSource> {
  const file = await openLedger(folder);
  try {
    const { genesis } = await readGenesis(file);
    const ids = new OrderIds(await readOrderKey(folder, genesis, orderSecret), genesis.ledger);
    const holds = new ExpiringHolds();
    const lines = new LineReader(file);
    const last = await skipTo(file, lines, cursor.offset, holds);
    const head = { seq: cursor.seq ?? 0, hash: cursor.hash ?? '', end: cursor.offset };
    await rejectOtherLedger(file, head, last);
    return new LedgerSource({ file, lines, chain: new Chain(head), ids, holds, durable });
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** @throws UserError when a cursor is not of this ledger: no line would ever extend it */
async function rejectOtherLedger(file: FileHandle, head: Head, last: Buffer): Promise<void> {
  if (hashOf(last) === head.hash) return;
  const next = await readLineAt(file, head.end); // lines that do not count may come before it
  if (next !== undefined && parseCommit(next)?.prev === head.hash) return;
  throw new UserError(
    `the ledger has no line ${head.seq} that ends before byte ${head.end}, up to which the outbox has delivered: it is another one`,
  );
}

/**
 * Reads up to an offset, for the holds that were open there. Most lines have none, and are not parsed.
 *
 * @returns the last line
 */
async function skipTo(
  file: FileHandle,
  lines: LineReader,
  until: number,
  holds: ExpiringHolds,
): Promise<Buffer> {
  let last = 0;
  await lines.readNewLines((bytes, offset) => {
    last = offset;
    if (!bytes.includes('"hold"')) return;
    for (const op of parseCommit(bytes)?.ops ?? []) followHold(op, holds);
  }, until);
  const line = (await readLineAt(file, last)) ?? Buffer.alloc(0);
  const at = parseCommit(line)?.at;
  if (at !== undefined) holds.takeDue(at);
  return line;
}

function followHold(op: Op, holds: ExpiringHolds): void {
  if (op.op === 'hold') {
    const { hold, event: eventId, quantity, total, until } = op;
    holds.put(hold, { eventId, quantity, until, total: priceOf(total) });
  } else if (op.op === 'release') holds.end(op.hold);
  else if (isSale(op) && op.hold !== undefined) holds.end(op.hold);
}

interface LedgerSourceOptions {
  readonly file: FileHandle;
  readonly lines: LineReader;
  readonly chain: Chain;
  readonly ids: OrderIds;
  readonly holds: ExpiringHolds;
  readonly durable: boolean;
}

/** A line that counts. */
interface Line {
  readonly commit: Commit;
  readonly hash: string;
  readonly offset: number;
}

/** Reads the lines of `ledger.jsonl` that count. */
class LedgerSource implements MessageSource {
  readonly #options: LedgerSourceOptions;
  readonly #tickets: TicketIndex;

  constructor(options: LedgerSourceOptions) {
    this.#options = options;
    this.#tickets = new TicketIndex(options.file, () => options.chain.head.end);
  }

  async read(limit: number): Promise<MessagePage> {
    const { lines, chain, file, durable } = this.#options;
    const found: Line[] = [];
    let operations = 0;
    const more = await lines.readWhile((bytes, offset) => {
      if (operations >= limit) return false;
      const counted = chain.take(bytes, offset);
      if (counted === undefined) return true;
      found.push({ commit: counted.commit, hash: counted.head.hash, offset });
      operations += counted.commit.ops.length;
      return true;
    });
    const messages: ReadMessage[] = [];
    for (const line of found) messages.push(...(await this.#toMessages(line)));
    // A receiver hears of nothing that a power cut could still take, as no buyer does.
    if (durable && messages.length > 0) await sync(file);
    return { messages, cursor: cursorOf(chain.head), more };
  }

  async order(orderId: string): Promise<Order | undefined> {
    const { file, ids } = this.#options;
    const named = ids.read(orderId);
    const line = named && (await readLineAt(file, named.sale.offset));
    const commit = line && parseCommit(line);
    if (named === undefined || commit === undefined || !named.isIn(commit)) return undefined;
    const op = commit.ops[named.sale.index];
    return op !== undefined && isSale(op) ? toOrder(op, commit, orderId) : undefined;
  }

  close(): Promise<void> {
    return this.#options.file.close();
  }

  async #toMessages({ commit, hash, offset }: Line): Promise<ReadMessage[]> {
    const { seq, prev } = commit;
    const resume = cursorOf({ seq: seq - 1, hash: prev, end: offset });
    const contents: (MessageContent & { readonly holdId?: string })[] = [];
    for (const [index, op] of commit.ops.entries()) {
      if (op.op === 'expire') contents.push(...this.#expired(op.holds, commit.at));
      else {
        followHold(op, this.#options.holds);
        const content = await this.#contentOf(op, commit, { offset, index });
        if (content !== undefined) contents.push(content);
      }
    }
    this.#options.holds.takeDue(commit.at); // confirmed ones in lines that did not count
    return contents.map(({ holdId, ...content }, index) => ({
      ...content,
      id: holdId === undefined ? messageId(hash, index) : messageId('hold.expired', holdId),
      position: [offset, index],
      resume,
    }));
  }

  #expired(holdIds: readonly string[], at: string) {
    const due = new Map(this.#options.holds.takeDue(at));
    return holdIds.map((holdId) => {
      const hold = due.get(holdId);
      const data = holdData(holdId, hold);
      return { type: 'hold.expired' as const, eventId: hold?.eventId ?? '', at, data, holdId };
    });
  }

  async #contentOf(
    op: Op,
    commit: Commit,
    sale: { readonly offset: number; readonly index: number },
  ): Promise<MessageContent | undefined> {
    const { at } = commit;
    if (isSale(op)) {
      const order = toOrder(op, commit, this.#options.ids.make(sale, commit));
      return { type: 'order.created', eventId: op.event, at, data: orderData(order) };
    }
    if (op.op === 'cancel') {
      const data = await this.#cancelled(op);
      return { type: 'order.cancelled', eventId: op.event, at, data };
    }
    if (op.op === 'admit') {
      const data = admissionData({ ...op, eventId: op.event, at });
      return { type: 'ticket.admitted', eventId: op.event, at, data };
    }
    if (op.op === 'save') {
      const data = eventData(op.event, op.revision, op.details);
      return { type: 'event.saved', eventId: op.event, at, data };
    }
    return undefined;
  }

  /** The ledger says which tickets were cancelled: their order is found by them. */
  async #cancelled({ event, first, quantity }: CancelledOp): Promise<object> {
    await this.#tickets.follow();
    const offset = this.#tickets.soldAt(event, first);
    const line = offset === undefined ? undefined : await readLineAt(this.#options.file, offset);
    const commit = line && parseCommit(line);
    const isIts = (op: Op): op is SoldOp => isSale(op) && op.event === event && op.first === first;
    const index = commit?.ops.findIndex(isIts) ?? -1;
    const op = commit?.ops[index];
    if (offset === undefined || commit === undefined || op === undefined || !isSale(op)) {
      return { eventId: event, serials: serialsFrom(first, quantity) }; // sold before this ledger began
    }
    return orderData(toOrder(op, commit, this.#options.ids.make({ offset, index }, commit)));
  }
}

/** @throws Fault `SYNC_FAILED`: the page cache may no longer match the disk */
const sync = (file: FileHandle): Promise<void> =>
  file.datasync().catch((error) => {
    throw new Fault('SYNC_FAILED', 'the ledger was written but not synced', error);
  });

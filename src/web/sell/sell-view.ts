import { number } from '../../timeline/format.js';
import {
  fetchJson,
  HttpError,
  type OutboxStatus,
  type SearchAnswer,
  type TicketEvent,
  type VerdictAnswer,
} from '../api.js';
import { fill, h } from '../dom.js';
import { addressOf } from '../event-card.js';
import { formatPrice, formatStart } from '../format.js';
import { describeSale } from '../sale-window.js';
import { serverNow } from '../server-clock.js';
import { heading, poll, type View, type ViewContext } from '../view.js';
import { describeVerdict } from '../workers-view.js';
import { doorCodePanel } from './door-code.js';
import { EventEditor } from './event-editor.js';
import { checkAccess, operatorJson, operatorToken, rememberToken } from './operator.js';
import { OrdersSection } from './orders-section.js';
import { describeOutbox } from './outbox-line.js';

const POLL_MS = 3_000;

/** Pages of the list of events; further events are found by their address. */
const PAGES_MAX = 20;

const text = {
  title: 'Sell',
  lead: 'Your events, what was sold of them, and who bought it.',
  signInLead: 'Only an operator may sell here. The token is asked for once in this tab.',
  token: 'Admin token',
  tokenHint: 'It is in the file admin.token of the data folder, or in ADMIN_TOKEN.',
  signIn: 'Sign in',
  signOut: 'Forget the token',
  wrong: 'This is not the admin token.',
  tooMany: 'Too many wrong tokens. Wait a minute, then try again.',
  noToken:
    'This office has no admin token, so it has no operators on other machines. Start it with ADMIN_TOKEN.',
  events: 'Events',
  none: 'There are no events yet.',
  create: 'New event',
  change: 'Change',
  orders: 'Orders',
  link: 'Copy link',
  copied: 'The link is copied.',
  saved: 'The event is saved.',
  removed: 'The event is removed.',
};

const columns = ['Event', 'Sold', 'Held', 'Left', 'Tickets', 'Price'];

/** What operators do: events, orders, the verdict, and the code that pairs a door. */
export const sellView: View = (context) => {
  const { root } = context;
  let stop = () => {};
  let isStopped = false;
  const show = async (wasSent: boolean) => {
    const errorLine = h('p', { class: 'error', role: 'status' });
    fill(root, heading(text.title, text.lead), errorLine);
    try {
      const access = await checkAccess();
      if (isStopped) return;
      if (access === 'operator') stop = management(context, () => void show(false));
      else if (access === 'noToken') fill(errorLine, text.noToken);
      else signIn(root, wasSent ? text.wrong : '', () => void show(true));
    } catch (error) {
      if (isStopped) return;
      const isLimited = error instanceof HttpError && error.problem.kind === 'too-many-attempts';
      if (isLimited) signIn(root, text.tooMany, () => void show(true));
      else fill(errorLine, (error as Error).message);
    }
  };
  void show(operatorToken() !== undefined);
  return () => {
    isStopped = true;
    stop();
  };
};

function signIn(root: HTMLElement, why: string, onToken: () => void): void {
  rememberToken(undefined);
  const token = h('input', {
    id: 'admin-token',
    type: 'password',
    required: true,
    autocomplete: 'current-password',
    'aria-describedby': 'token-hint',
  });
  const submit = (event: Event) => {
    event.preventDefault();
    const entered = token.value.trim();
    if (!/^\S+$/.test(entered)) {
      fill(answer, text.wrong);
      return;
    }
    rememberToken(entered);
    onToken();
  };
  const answer = h('p', { class: 'error', role: 'status' }, why);
  fill(
    root,
    heading(text.title, text.signInLead),
    h(
      'form',
      { class: 'pairing', submit },
      h('label', { for: 'admin-token' }, text.token),
      token,
      h('p', { class: 'note', id: 'token-hint' }, text.tokenHint),
      answer,
      h('button', { type: 'submit' }, text.signIn),
    ),
  );
  if (why !== '') token.focus();
}

/** @returns a function that ends it */
function management({ root, announce }: ViewContext, onSignedOut: () => void): () => void {
  const errorLine = h('p', { class: 'error', role: 'status' });
  const verdictLine = h('p', { class: 'verdict-line' });
  const outboxLine = h('p', { class: 'note', 'data-outbox': '', hidden: true });
  const rows = h('tbody');
  const orders = new OrdersSection();
  const doorCode = doorCodePanel();
  const editor = new EventEditor((event) => {
    announce(event === undefined ? text.removed : text.saved);
    void refresh().catch(() => {}); // the next poll tries again
  });

  const refresh = async () => show(await readAll());
  const show = ({ events, verdict, outbox }: Awaited<ReturnType<typeof readAll>>) => {
    verdictLine.dataset.verdict = verdict.verdict;
    fill(verdictLine, h('strong', {}, 'So far: '), describeVerdict(verdict));
    const webhook = describeOutbox(outbox);
    outboxLine.hidden = webhook === undefined;
    fill(outboxLine, webhook);
    orders.showEvents(events);
    const focused = document.activeElement?.closest('[data-row]')?.getAttribute('data-row');
    const focusedLabel = document.activeElement?.textContent;
    const sales = new Map(verdict.events.map((each) => [each.id, each]));
    if (events.length === 0) {
      const cell = h('td', { class: 'empty', colspan: columns.length + 1 }, text.none);
      fill(rows, h('tr', {}, cell));
    } else fill(rows, ...events.map((event) => eventRow(event, sales.get(event.id))));
    if (focused === undefined || focused === null) return;
    const buttons = rows.querySelectorAll<HTMLElement>(
      `[data-row="${CSS.escape(focused)}"] button`,
    );
    [...buttons].find((button) => button.textContent === focusedLabel)?.focus();
  };

  const eventRow = (event: TicketEvent, sales: VerdictAnswer['events'][number] | undefined) => {
    const { id, name, startsAt, price, capacity, remaining } = event;
    const sold = (sales?.sold ?? 0) - (sales?.cancelled ?? 0);
    // The two answers may be a moment apart.
    const held = Math.max(0, capacity - remaining - sold);
    const counts = [number(sold), number(held), number(remaining), number(capacity)];
    const button = (label: string, click: () => void) =>
      h(
        'button',
        { type: 'button', class: 'quiet', 'aria-label': `${label}: ${name}`, click },
        label,
      );
    const change = () =>
      void editor.change(id).catch((error: Error) => fill(errorLine, error.message));
    return h(
      'tr',
      { 'data-row': id },
      h(
        'th',
        { scope: 'row', dir: 'auto' },
        h('a', { href: addressOf(id) }, name),
        h('span', { class: 'note' }, formatStart(startsAt)),
        h('span', { class: 'note' }, describeSale(event, serverNow())),
      ),
      ...[...counts, formatPrice(price)].map((cell, index) =>
        h('td', { class: 'number', 'data-label': columns[index + 1] }, cell),
      ),
      h(
        'td',
        { class: 'row-actions' },
        button(text.change, change),
        button(text.orders, () => orders.choose(id)),
        button(text.link, () => void copyLink(id)),
      ),
    );
  };

  const copyLink = async (id: string) => {
    const link = new URL(addressOf(id), location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      fill(note, text.copied);
    } catch {
      fill(note, link); // browsers offer the clipboard only over https
    }
  };
  const note = h('p', { class: 'note', role: 'status' });
  const signOut = () => {
    stop();
    rememberToken(undefined);
    onSignedOut();
  };

  const head = [...columns, ''].map((each, index) =>
    h(
      index > columns.length - 1 ? 'td' : 'th',
      { scope: each === '' ? undefined : 'col', class: index === 0 ? undefined : 'number' },
      each,
    ),
  );
  fill(
    root,
    heading(text.title, text.lead),
    verdictLine,
    outboxLine,
    errorLine,
    h(
      'section',
      { 'aria-labelledby': 'events-title' },
      h('h2', { id: 'events-title' }, text.events),
      h(
        'p',
        { class: 'toolbar' },
        h('button', { type: 'button', click: () => editor.create() }, text.create),
        operatorToken() !== undefined &&
          h('button', { type: 'button', class: 'quiet', click: signOut }, text.signOut),
        note,
      ),
      h('table', { class: 'listing' }, h('thead', {}, h('tr', {}, ...head)), rows),
    ),
    orders.element,
    doorCode.element,
    editor.element,
  );
  root.querySelector('h1')?.focus();
  void orders.load();
  const stopPoll = poll(POLL_MS, errorLine, readAll, show);
  const stop = () => {
    stopPoll();
    doorCode.stop();
    editor.element.close();
  };
  return stop;
}

/** All events, the verdict on their sales so far, and what the webhook was told. */
async function readAll() {
  const verdict = await fetchJson<VerdictAnswer>('/verdict');
  const outbox = await operatorJson<OutboxStatus>('/outbox');
  const events: TicketEvent[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page++) {
    const query = new URLSearchParams({ limit: '100', ...(cursor !== null && { cursor }) });
    const answer: SearchAnswer = await fetchJson(`/search?${query}`);
    events.push(...answer.events);
    cursor = answer.next;
    if (cursor === null) break;
  }
  return { events, verdict, outbox };
}

import {
  fetchJson,
  HttpError,
  isTemporary,
  type SavedEvent,
  type SearchAnswer,
  type TicketEvent,
} from './api.js';
import { Backoff } from './backoff.js';
import { fill, h } from './dom.js';
import { addressOf, EventCard } from './event-card.js';
import { subscribeToInventory } from './inventory-stream.js';
import { ordersPanel } from './orders-panel.js';
import { PurchaseDialog } from './purchase.js';
import { heading, type View } from './view.js';

/** A search is sent after a pause in typing of this length. */
const TYPING_PAUSE_MS = 200;

const text = {
  title: 'Box office',
  lead: 'Tickets are held for you while you order. What is left is updated as it is sold.',
  search: 'Search',
  searchHint: 'Name or venue',
  available: 'Only events with tickets left',
  none: 'No events match.',
  more: 'More events',
  noEvent: 'There is no such event here. It may have been removed.',
  live: 'Live',
  lost: 'Connection lost. Reconnecting …',
};

/** The events with their remaining tickets, and the form to buy. */
export const boxOfficeView: View = ({ root, query, announce }) => {
  let isStopped = false;
  const cards = new Map<string, EventCard>();
  const list = h('ul', { class: 'events' });
  const errorLine = h('p', { class: 'error', role: 'status' });
  /** Of the event in the address: it stays when the list is loaded again. */
  const linkError = h('p', { class: 'error', role: 'status' });
  const liveness = h('p', { class: 'live' });
  const more = h('button', { type: 'button', class: 'quiet', hidden: true }, text.more);
  const q = h('input', { type: 'search', id: 'q', placeholder: text.searchHint, maxlength: 200 });
  const available = h('input', { type: 'checkbox', id: 'available' });
  const purchase = new PurchaseDialog({
    // The address is that of the event, so that it can be copied, and leads back after a reload.
    onShow(event) {
      if (isStopped) return;
      history.replaceState(null, '', event === undefined ? '#box-office' : addressOf(event.id));
    },
  });
  const orders = ordersPanel({ announce, onShow: (order) => void purchase.openOrder(order) });

  const stopCards = () => {
    for (const card of cards.values()) card.stop();
  };

  const backoff = new Backoff();
  let latestRequest = 0;
  let shownQuery = '';
  const load = async (cursor?: string) => {
    const request = ++latestRequest;
    backoff.cancel();
    const search = new URLSearchParams({ limit: '50' });
    if (q.value.trim() !== '') search.set('q', q.value.trim());
    if (available.checked) search.set('available', 'true');
    const isSameQuery = String(search) === shownQuery;
    shownQuery = String(search);
    if (cursor !== undefined) search.set('cursor', cursor);
    try {
      const answer = await fetchJson<SearchAnswer>(`/search?${search}`);
      if (request !== latestRequest) return;
      backoff.reset();
      show(answer, isSameQuery);
    } catch (error) {
      if (request !== latestRequest) return;
      fill(errorLine, (error as Error).message);
      if (isTemporary(error)) backoff.retry(() => void load(cursor));
    }
  };

  const show = ({ events, next }: SearchAnswer, keepsCards: boolean) => {
    fill(errorLine);
    if (!keepsCards) {
      stopCards();
      cards.clear();
      fill(list);
    }
    for (const event of events) addOrUpdate(event);
    if (cards.size === 0) fill(list, h('li', { class: 'empty' }, text.none));
    more.hidden = next === null;
    more.onclick = () => void load(next ?? undefined);
    void openLinkedEvent();
  };

  /** The event of the address, which its seller posted. It is opened once. */
  let linkedEvent = query.get('event');
  const openLinkedEvent = async () => {
    const id = linkedEvent;
    linkedEvent = null;
    if (id === null) return;
    try {
      addOrUpdate(await fetchJson<SavedEvent>(`/events/${encodeURIComponent(id)}`));
      const card = cards.get(id);
      if (isStopped || card === undefined) return;
      list.prepend(card.element);
      if (card.isBuyable) purchase.open(card.event);
      else card.element.scrollIntoView({ block: 'center' });
    } catch (error) {
      const isMissing = error instanceof HttpError && error.status === 404;
      if (!isStopped) fill(linkError, isMissing ? text.noEvent : (error as Error).message);
    }
  };

  const addOrUpdate = (event: TicketEvent) => {
    const existing = cards.get(event.id);
    if (existing !== undefined) {
      existing.replace(event);
      return;
    }
    const card = new EventCard(event, () => purchase.open(card.event));
    cards.set(event.id, card);
    list.append(card.element);
  };

  let timer: ReturnType<typeof setTimeout> | undefined;
  q.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => void load(), TYPING_PAUSE_MS);
  });
  available.addEventListener('change', () => void load());

  root.append(
    heading(text.title, text.lead),
    h(
      'form',
      { class: 'search', role: 'search', submit: (event) => event.preventDefault() },
      h('label', { for: 'q' }, text.search),
      q,
      h('label', { class: 'check', for: 'available' }, available, text.available),
      liveness,
    ),
    errorLine,
    linkError,
    list,
    more,
    orders.element,
    purchase.element,
  );

  const setLive = (isLive: boolean) => {
    liveness.className = isLive ? 'live on' : 'live';
    fill(liveness, isLive ? text.live : text.lost);
  };
  const unsubscribe = subscribeToInventory({
    onOpen() {
      setLive(true);
      void load();
    },
    onUpdate({ remaining }) {
      for (const [id, tickets] of Object.entries(remaining)) cards.get(id)?.update(tickets);
    },
    onEventsChanged: () => void load(),
    onLost: () => setLive(false),
  });
  void load();
  // A buyer who closes or leaves the page no longer wants the held tickets.
  const leave = () => {
    purchase.abandon();
    purchase.close();
  };
  addEventListener('pagehide', leave);
  return () => {
    isStopped = true;
    unsubscribe();
    orders.stop();
    stopCards();
    removeEventListener('pagehide', leave);
    latestRequest++; // a late answer changes nothing
    backoff.cancel();
    clearTimeout(timer);
    leave();
  };
};

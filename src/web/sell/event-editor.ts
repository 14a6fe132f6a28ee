import { number } from '../../timeline/format.js';
import { type EventBody, fetchJson, HttpError, type SavedEvent } from '../api.js';
import { fill, h } from '../dom.js';
import {
  changedFields,
  type EventFields,
  type FieldName,
  fieldsOf,
  localOffset,
  mergeFields,
  parseFields,
  suggestId,
} from './event-fields.js';
import { operatorJson, operatorRequest } from './operator.js';

const text = {
  create: 'New event',
  change: 'Change the event',
  id: 'Id, in its address',
  close: 'Close',
  save: 'Save',
  remove: 'Remove event',
  removeQuestion: 'Remove this event for good?',
  keep: 'Keep it',
  confirmRemove: 'Yes, remove it',
  inUse: 'It cannot be removed: tickets of it were sold or are held. Close its sale instead.',
  idTaken: 'There is an event with this id already. Choose another id.',
  badId:
    'An id has letters, digits, dots, dashes and underscores, and begins with a letter or digit.',
  gone: 'Somebody else has removed this event. Nothing was saved.',
  clash: 'Somebody else has changed this event meanwhile. Nothing was overwritten.',
  field: 'Field',
  theirs: 'Now in the office',
  mine: 'Yours',
  takeTheirs: 'Take theirs',
  keepMine: 'Keep my changes',
  merged: 'Your changes are on top of theirs now. Look at them, and save again.',
  offline: 'No answer arrived, so it may or may not have been saved. Save again to find out.',
};

const labels: Readonly<Record<FieldName, string>> = {
  name: 'Name',
  venue: 'Venue',
  startsAt: 'Starts at, on the clock of the venue',
  offset: 'Its offset from UTC',
  price: 'Price of a ticket',
  currency: 'Currency',
  capacity: 'Tickets',
  salesFrom: 'On sale from (optional)',
  salesUntil: 'On sale until (optional)',
};

const inputs: Readonly<Record<FieldName, Readonly<Record<string, string | number | boolean>>>> = {
  name: { maxlength: 200, required: true },
  venue: { maxlength: 200, required: true },
  startsAt: { type: 'datetime-local', required: true },
  offset: { maxlength: 6, required: true },
  price: { inputmode: 'decimal', required: true },
  currency: { maxlength: 3, required: true, autocapitalize: 'characters' },
  capacity: { inputmode: 'numeric', required: true },
  salesFrom: { type: 'datetime-local' },
  salesUntil: { type: 'datetime-local' },
};

const fieldNames = Object.keys(labels) as FieldName[];

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

const empty: EventFields = {
  name: '',
  venue: '',
  startsAt: '',
  offset: '+00:00',
  price: '',
  currency: 'EUR',
  capacity: '100',
  salesFrom: '',
  salesUntil: '',
};

/** The dialog in which an event is created or changed. What another editor saved is not overwritten. */
export class EventEditor {
  readonly element = h('dialog', { class: 'editor', 'aria-labelledby': 'editor-title' });
  readonly #onSaved: (event: SavedEvent | undefined) => void;
  readonly #title = h('h2', { id: 'editor-title', tabindex: -1 });
  readonly #id = h('input', { id: 'event-id', maxlength: 128, required: true });
  readonly #fields: Readonly<Record<FieldName, HTMLInputElement>>;
  readonly #answer = h('div', { class: 'answer', role: 'status', tabindex: -1 });
  readonly #save = h('button', { type: 'submit' }, text.save);
  readonly #remove = h('span', { class: 'cancel' });
  /** The version that the operator began to edit; `undefined` for a new event. */
  #before: SavedEvent | undefined;

  /** @param onSaved is given no event once it is removed */
  constructor(onSaved: (event: SavedEvent | undefined) => void) {
    this.#onSaved = onSaved;
    this.#fields = Object.fromEntries(
      fieldNames.map((name) => [name, h('input', { id: `event-${name}`, ...inputs[name] })]),
    ) as Record<FieldName, HTMLInputElement>;
    this.#fields.name.addEventListener('input', () => {
      if (this.#before === undefined) this.#id.value = suggestId(this.#fields.name.value);
    });
    this.#fields.startsAt.addEventListener('change', () => {
      const { offset, startsAt } = this.#fields;
      if (this.#before === undefined) offset.value = localOffset(startsAt.value);
    });
    const row = (name: FieldName) =>
      h(
        'p',
        { class: 'editor-field', 'data-field': name },
        label(this.#fields[name], labels[name]),
        this.#fields[name],
      );
    fill(
      this.element,
      this.#title,
      h(
        'form',
        { novalidate: true, submit: (event) => void this.#submit(event) },
        ...fieldNames.map(row),
        h('p', { class: 'editor-field' }, label(this.#id, text.id), this.#id),
        this.#answer,
        h(
          'p',
          { class: 'buttons' },
          this.#remove,
          h(
            'button',
            { type: 'button', class: 'quiet', click: () => this.element.close() },
            text.close,
          ),
          this.#save,
        ),
      ),
    );
  }

  /** Opens the form for a new event. */
  create(): void {
    this.#show(undefined, { ...empty, offset: localOffset(new Date().toISOString()) });
    this.#id.value = '';
    this.element.showModal();
    this.#fields.name.focus();
  }

  /**
   * Opens the form for an event as it is now.
   *
   * @throws HttpError, UnreachableError
   */
  async change(eventId: string): Promise<void> {
    const event = await fetchEvent(eventId);
    this.#show(event, fieldsOf(event));
    this.element.showModal();
    this.#title.focus();
  }

  #show(before: SavedEvent | undefined, fields: EventFields): void {
    this.#before = before;
    fill(this.#title, before === undefined ? text.create : text.change);
    this.#id.value = before?.id ?? this.#id.value;
    this.#id.readOnly = before !== undefined;
    for (const name of fieldNames) this.#fields[name].value = fields[name];
    this.#say('');
    this.#showRemove();
  }

  #values(): EventFields {
    return Object.fromEntries(
      fieldNames.map((name) => [name, this.#fields[name].value]),
    ) as unknown as EventFields;
  }

  async #submit(event: Event): Promise<void> {
    event.preventDefault();
    if (this.#save.disabled) return;
    const parsed = parseFields(this.#values(), this.#before);
    for (const name of fieldNames) this.#fields[name].removeAttribute('aria-invalid');
    if ('error' in parsed) {
      const field = this.#fields[parsed.field];
      field.setAttribute('aria-invalid', 'true');
      this.#say('refused', parsed.error);
      field.focus();
      return;
    }
    const id = this.#id.value.trim();
    if (!ID.test(id)) {
      this.#say('refused', text.badId);
      this.#id.focus();
      return;
    }
    this.#save.disabled = true;
    try {
      this.#onSaved(await this.#put(id, parsed.body));
      this.element.close();
    } catch (error) {
      await this.#explain(error, id);
    } finally {
      this.#save.disabled = false;
    }
  }

  #put(id: string, body: EventBody): Promise<SavedEvent> {
    const precondition: Record<string, string> =
      this.#before === undefined
        ? { 'if-none-match': '*' }
        : { 'if-match': `"${this.#before.revision}"` };
    return operatorJson<SavedEvent>(`/events/${encodeURIComponent(id)}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', ...precondition },
      body: JSON.stringify(body),
    });
  }

  async #explain(error: unknown, id: string): Promise<void> {
    if (!(error instanceof HttpError) || error.status >= 500) {
      this.#say('unknown', text.offline);
    } else if (error.status === 412 && this.#before === undefined) {
      this.#say('refused', text.idTaken);
      this.#id.focus();
      return;
    } else if (error.status === 412) {
      await this.#showClash(id);
    } else if (error.problem.kind === 'capacity-too-small') {
      const { taken = 0 } = error.problem;
      this.#say('refused', `${number(taken)} tickets are sold or held: there cannot be fewer.`);
      this.#fields.capacity.focus();
      return;
    } else {
      this.#say('refused', `${error.message}.`);
    }
    this.#answer.focus();
  }

  /** Shows both versions. Nothing is sent until the operator has chosen, and saves again. */
  async #showClash(id: string): Promise<void> {
    const before = this.#before;
    if (before === undefined) return;
    let theirs: SavedEvent;
    try {
      theirs = await fetchEvent(id);
    } catch (error) {
      const isGone = error instanceof HttpError && error.status === 404;
      this.#say('refused', isGone ? text.gone : text.clash);
      return;
    }
    const mine = this.#values();
    const now = fieldsOf(theirs);
    const saved = parseFields(mine, before);
    // No answer to an earlier attempt, which was saved: theirs is mine.
    if ('body' in saved && changedFields(fieldsOf(saved.body), now).length === 0) {
      this.#onSaved(theirs);
      this.element.close();
      return;
    }
    const choose = (fields: EventFields, message: string) => () => {
      this.#show(theirs, fields);
      this.#say(message === '' ? '' : 'unknown', message);
      this.#title.focus();
    };
    const row = (name: FieldName) =>
      h(
        'tr',
        {},
        h('th', { scope: 'row' }, labels[name]),
        h('td', { dir: 'auto', 'data-label': text.theirs }, now[name] || '–'),
        h('td', { dir: 'auto', 'data-label': text.mine }, mine[name] || '–'),
      );
    const head = [text.field, text.theirs, text.mine].map((each) =>
      h('th', { scope: 'col' }, each),
    );
    this.#say('unknown', text.clash);
    this.#answer.append(
      h(
        'table',
        { class: 'clash' },
        h('thead', {}, h('tr', {}, ...head)),
        h('tbody', {}, ...changedFields(mine, now).map(row)),
      ),
      h(
        'p',
        { class: 'buttons' },
        h('button', { type: 'button', class: 'quiet', click: choose(now, '') }, text.takeTheirs),
        h(
          'button',
          {
            type: 'button',
            click: choose(mergeFields(fieldsOf(before), mine, now), text.merged),
          },
          text.keepMine,
        ),
      ),
    );
  }

  /** Removes the event after one question. */
  #showRemove(): void {
    const event = this.#before;
    fill(this.#remove);
    if (event === undefined) return;
    const remove = async () => {
      try {
        await operatorRequest(`/events/${encodeURIComponent(event.id)}`, {
          method: 'DELETE',
          headers: { 'if-match': `"${event.revision}"` },
        });
        this.#onSaved(undefined);
        this.element.close();
      } catch (error) {
        this.#showRemove();
        const isInUse = error instanceof HttpError && error.problem.kind === 'event-in-use';
        if (isInUse) this.#say('refused', text.inUse);
        else await this.#explain(error, event.id);
        this.#answer.focus();
      }
    };
    const ask = () => {
      const keep = () => this.#showRemove();
      fill(
        this.#remove,
        h(
          'span',
          { class: 'question', role: 'group', 'aria-label': text.removeQuestion },
          h('span', {}, text.removeQuestion),
          h('button', { type: 'button', class: 'quiet', click: keep }, text.keep),
          h(
            'button',
            { type: 'button', class: 'danger', click: () => void remove() },
            text.confirmRemove,
          ),
        ),
      );
      this.#remove.querySelector('button')?.focus();
    };
    fill(
      this.#remove,
      h('button', { type: 'button', class: 'quiet danger', click: ask }, text.remove),
    );
  }

  #say(kind: string, ...lines: readonly string[]): void {
    fill(this.#answer, ...lines.filter((line) => line !== '').map((line) => h('p', {}, line)));
    this.#answer.dataset.kind = kind;
  }
}

const label = (input: HTMLInputElement, words: string): HTMLElement =>
  h('label', { for: input.id }, words);

const fetchEvent = (eventId: string): Promise<SavedEvent> =>
  fetchJson<SavedEvent>(`/events/${encodeURIComponent(eventId)}`, { cache: 'no-store' });

import { number } from '../../timeline/format.js';
import { type EventBody, fetchJson, HttpError, type SavedEvent } from '../api.js';
import { ConfirmButton } from '../confirm-button.js';
import { fill, h } from '../dom.js';
import { conflictTable } from './event-conflict.js';
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
import { emptyFields, fieldLabels, fieldNames, inputAttributes } from './event-inputs.js';
import { operatorJson, operatorRequest } from './operator.js';

const text = {
  create: 'New event',
  change: 'Change the event',
  id: 'Id, in its address',
  close: 'Close',
  save: 'Save',
  inUse: 'It cannot be removed: tickets of it were sold or are held. Close its sale instead.',
  idTaken: 'There is an event with this id already. Choose another id.',
  badId:
    'An id has letters, digits, dots, dashes and underscores, and begins with a letter or digit.',
  gone: 'Somebody else has removed this event. Nothing was saved.',
  clash: 'Somebody else has changed this event meanwhile. Nothing was overwritten.',
  merged: 'Your changes are on top of theirs now. Look at them, and save again.',
  offline: 'No answer arrived, so it may or may not have been saved. Save again to find out.',
};

const removeTexts = {
  button: 'Remove event',
  question: 'Remove this event for good?',
  keep: 'Keep it',
  confirm: 'Yes, remove it',
};

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

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
      fieldNames.map((name) => [
        name,
        h('input', { id: `event-${name}`, ...inputAttributes[name] }),
      ]),
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
        label(this.#fields[name], fieldLabels[name]),
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
    this.#show(undefined, { ...emptyFields, offset: localOffset(new Date().toISOString()) });
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
      const isRemoved = error instanceof HttpError && error.status === 404;
      this.#say('refused', isRemoved ? text.gone : text.clash);
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
    const choose = (fields: EventFields, message: string) => {
      this.#show(theirs, fields);
      this.#say(message === '' ? '' : 'unknown', message);
      this.#title.focus();
    };
    this.#say('unknown', text.clash);
    this.#answer.append(
      ...conflictTable(mine, now, {
        takeTheirs: () => choose(now, ''),
        keepMine: () => choose(mergeFields(fieldsOf(before), mine, now), text.merged),
      }),
    );
  }

  /** Offers to remove the event that is edited. */
  #showRemove(): void {
    const event = this.#before;
    fill(this.#remove);
    if (event === undefined) return;
    const button = new ConfirmButton(removeTexts, async () => {
      try {
        await operatorRequest(`/events/${encodeURIComponent(event.id)}`, {
          method: 'DELETE',
          headers: { 'if-match': `"${event.revision}"` },
        });
        this.#onSaved(undefined);
        this.element.close();
      } catch (error) {
        button.show();
        const isInUse = error instanceof HttpError && error.problem.kind === 'event-in-use';
        if (isInUse) this.#say('refused', text.inUse);
        else await this.#explain(error, event.id);
        this.#answer.focus();
      }
    });
    fill(this.#remove, button.element);
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

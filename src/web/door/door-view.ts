import { number } from '../../timeline/format.js';
import { fetchJson, type SavedEvent } from '../api.js';
import { fill, h } from '../dom.js';
import { newKey } from '../order-storage.js';
import { heading, type View } from '../view.js';
import { type Admitted, admit } from './admission.js';
import { describePairingError, forgetPairing, loadPairing, type Pairing, pair } from './pairing.js';
import { hasCamera, startScanner } from './scanner.js';

/** A code that stays in front of the camera is sent once. */
const SAME_CODE_MS = 4_000;

const text = {
  title: 'Door',
  pairLead:
    'Pair this phone once. An operator sees the code under Sell; it changes every 20 seconds.',
  name: 'Name of this door',
  noName: 'Please give the door a name: each admission says it.',
  code: 'Code',
  pair: 'Pair this phone',
  unpaired: 'This phone is not paired any more. Pair it again.',
  lead: 'Scan the code of a ticket, or type it.',
  camera: 'Scan with the camera',
  cameraOff: 'Camera off',
  noCamera: 'The camera needs https here. Type the codes, or use a scanner that types.',
  cameraFailed: 'The camera cannot be used. Allow it in the browser, or type the codes.',
  ticketCode: 'Code of the ticket',
  admit: 'Admit',
  ready: 'Ready',
  checking: 'Checking …',
  offlineTitle: 'No connection',
  offline: 'This ticket was not checked. Check it before you admit its owner.',
  offlineNow: 'No connection to the office. Tickets cannot be checked now.',
  retry: 'Try again',
  leave: 'Leave this door',
};

/** A phone at a door: pair it, then scan or type the codes of tickets. */
export const doorView: View = ({ root }) => {
  let stop = () => {};
  const show = (pairing: Pairing | undefined, why?: string) => {
    stop();
    fill(root);
    if (pairing === undefined) {
      stop = () => {};
      root.append(...pairingForm((paired) => show(paired), why));
      if (why !== undefined) root.querySelector<HTMLElement>('#door-code')?.focus();
      return;
    }
    stop = admissions(root, pairing, (reason) => {
      forgetPairing();
      show(undefined, reason);
    });
  };
  show(loadPairing());
  return () => stop();
};

function pairingForm(onPaired: (pairing: Pairing) => void, why = ''): HTMLElement[] {
  const name = h('input', { id: 'door-name', required: true, maxlength: 64, value: 'Door 1' });
  const code = h('input', {
    id: 'door-code',
    required: true,
    maxlength: 32,
    inputmode: 'numeric',
    autocomplete: 'one-time-code',
  });
  const answer = h('p', { class: 'error', role: 'status' }, why);
  const button = h('button', { type: 'submit' }, text.pair);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (name.value.trim() === '') {
      fill(answer, text.noName);
      name.focus();
      return;
    }
    button.disabled = true;
    try {
      onPaired(await pair(name.value.trim(), code.value.trim()));
    } catch (error) {
      button.disabled = false;
      fill(answer, describePairingError(error));
      code.select();
    }
  };
  return [
    heading(text.title, text.pairLead),
    h(
      'form',
      { class: 'pairing', submit: (event) => void submit(event) },
      h('label', { for: 'door-name' }, text.name),
      name,
      h('label', { for: 'door-code' }, text.code),
      code,
      answer,
      button,
    ),
  ];
}

/** @returns a function that ends it */
function admissions(
  root: HTMLElement,
  { name, token }: Pairing,
  onLeave: (why?: string) => void,
): () => void {
  const result = h('div', { class: 'admission', role: 'status', 'aria-live': 'assertive' });
  const offline = h('p', { class: 'error', role: 'status' });
  const cameraNote = h('p', { class: 'note', role: 'status' });
  const video = h('video', { class: 'camera', muted: true, playsinline: true, hidden: true });
  const code = h('input', {
    id: 'ticket-code',
    required: true,
    maxlength: 64,
    autocomplete: 'off',
    autocapitalize: 'characters',
    spellcheck: 'false',
    enterkeyhint: 'go',
  });
  const camera = h('button', { type: 'button', class: 'quiet', click: () => void toggleCamera() });
  let isStopped = false;
  let isChecking = false;
  let stopCamera: (() => void) | undefined;
  let lastSeen = { code: '', at: 0 };

  const showResult = (kind: string, title: string, detail: string, ...more: HTMLElement[]) => {
    result.dataset.kind = kind;
    fill(
      result,
      h('p', { class: 'admission-title', dir: 'auto' }, title),
      detail !== '' && h('p', { class: 'admission-detail', dir: 'auto' }, detail),
      ...more,
    );
  };

  const check = async (ticketCode: string, key = newKey()) => {
    if (isChecking) return; // one ticket after the other
    isChecking = true;
    showResult('checking', text.checking, '');
    const answer = await admit(ticketCode, token, key);
    isChecking = false;
    if (isStopped) return;
    await show(answer, () => void check(ticketCode, key));
  };

  const show = async (answer: Admitted, retry: () => void) => {
    switch (answer.kind) {
      case 'admitted': {
        const { customer, eventId, serial } = answer.admission;
        const ticket = `Ticket ${number(serial)}`;
        showResult('admitted', `✓ ${customer}`, ticket);
        navigator.vibrate?.(80);
        const eventName = await nameOf(eventId);
        const detail = result.querySelector('.admission-detail');
        if (result.dataset.kind === 'admitted' && detail?.textContent === ticket) {
          fill(detail, `${ticket}, ${eventName}`);
        }
        return;
      }
      case 'refused':
        showResult('refused', `✕ ${answer.title}`, answer.detail);
        navigator.vibrate?.([80, 80, 80]);
        return;
      case 'offline': {
        const button = h('button', { type: 'button', click: retry }, text.retry);
        showResult('offline', text.offlineTitle, text.offline, button);
        button.focus();
        return;
      }
      case 'unpaired':
        onLeave(text.unpaired);
    }
  };

  const onSubmit = (event: Event) => {
    event.preventDefault();
    const typed = code.value.trim();
    code.value = '';
    if (typed !== '') void check(typed);
  };

  const onSeen = (seen: string) => {
    const isSame = seen === lastSeen.code && Date.now() - lastSeen.at < SAME_CODE_MS;
    if (!isSame && isChecking) return;
    lastSeen = { code: seen, at: Date.now() };
    if (!isSame) void check(seen);
  };

  const toggleCamera = async () => {
    if (stopCamera !== undefined) {
      stopCamera();
      stopCamera = undefined;
    } else {
      camera.disabled = true;
      fill(cameraNote);
      try {
        video.hidden = false;
        const started = await startScanner(video, onSeen);
        if (isStopped) started();
        else stopCamera = started;
      } catch {
        fill(cameraNote, text.cameraFailed);
      }
      camera.disabled = false;
    }
    video.hidden = stopCamera === undefined;
    fill(camera, stopCamera === undefined ? text.camera : text.cameraOff);
  };

  const showConnection = () => fill(offline, navigator.onLine ? '' : text.offlineNow);

  fill(camera, text.camera);
  showResult('ready', text.ready, text.lead);
  if (!hasCamera()) fill(cameraNote, text.noCamera);
  root.append(
    h('header', { class: 'heading' }, h('h1', { tabindex: -1, dir: 'auto' }, name)),
    h(
      'div',
      { class: 'door' },
      offline,
      video,
      result,
      h(
        'form',
        { class: 'ticket-form', submit: onSubmit },
        h('label', { for: 'ticket-code' }, text.ticketCode),
        code,
        h('button', { type: 'submit' }, text.admit),
      ),
      cameraNote,
      h(
        'p',
        { class: 'buttons' },
        h('button', { type: 'button', class: 'quiet', click: () => onLeave() }, text.leave),
        hasCamera() && camera,
      ),
    ),
  );
  // With a keyboard, or a scanner that types like one. On a phone it would open over the picture.
  if (matchMedia('(pointer: fine)').matches) queueMicrotask(() => code.focus());
  addEventListener('online', showConnection);
  addEventListener('offline', showConnection);
  showConnection();
  return () => {
    isStopped = true;
    stopCamera?.();
    removeEventListener('online', showConnection);
    removeEventListener('offline', showConnection);
  };
}

/** The names of the events seen so far. */
const names = new Map<string, string>();

async function nameOf(eventId: string): Promise<string> {
  const known = names.get(eventId);
  if (known !== undefined) return known;
  try {
    const { name } = await fetchJson<SavedEvent>(`/events/${encodeURIComponent(eventId)}`);
    names.set(eventId, name);
    return name;
  } catch {
    return eventId;
  }
}

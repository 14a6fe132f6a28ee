import type { ProblemKind } from './problems.js';

/** The headings of kinds whose title uses words that a buyer need not know. */
export const headings: { readonly [Kind in ProblemKind]?: string } = {
  'lock-timeout': 'It was too busy to sell in time; nothing was sold',
  'lock-lost': 'The sale was interrupted; nothing was sold',
};

/** What each kind of problem means and what to do, in a sentence or two. Plain text, without markup. */
export const explanations: Readonly<Record<ProblemKind, string>> = {
  malformed:
    'Something in the request is missing or wrong; “detail” and “errors” say what and where. Correct it and send it again.',
  unauthorized:
    'Send the admin token as “Authorization: Bearer TOKEN”. A program on the same machine needs none.',
  'door-only':
    'Pair the door with the code that an operator sees, and send its token as “Authorization: Bearer TOKEN”.',
  'no-admin-token':
    'The server was started without ADMIN_TOKEN, so only programs on its own machine may do this.',
  'no-ticket-key':
    'Tickets have no codes here, and doors cannot be paired, until every server is started with the same ORDER_SECRET.',
  'wrong-door-code': 'The code changes every 20 seconds. Look at it again, and type the new one.',
  'lab-closed':
    'Experiments can be started only on the machine of the server, unless it was started with LAB=on.',
  'other-origin': 'A page of another site sent this request. Use a page of this server.',
  'unknown-event':
    'No event has this id. Perhaps it was removed; a search lists those that there are.',
  'unknown-order': 'No order has this id. Copy the whole id from the answer to the purchase.',
  'unknown-hold':
    'No hold has this id, or it ended so long ago that nothing is known of it any more.',
  'unknown-ticket':
    'This is not the code of a ticket that was sold here. Check what was typed; letters may be in any case.',
  'unknown-problem': 'This is not a kind of problem that this server answers.',
  'unknown-run': 'No experiment has this id, or it ended some time ago.',
  'unknown-route': 'There is nothing at this address. The page /docs lists every route.',
  'method-not-allowed':
    'This address exists, but takes other methods: the header Allow lists them.',
  'request-timeout': 'The request was not complete in time. Send it again.',
  'not-on-sale': 'The tickets of this event are sold only from “salesFrom” and until “salesUntil”.',
  'sold-out':
    'Fewer tickets are left than were requested; “remaining” says how many. Tickets that others hold or return may come back on sale.',
  'hold-confirmed':
    'The tickets of this hold are sold: “orderId” is their order. Cancel the order to put them back on sale.',
  'already-admitted':
    'Each ticket lets one person in, once. “admittedAt” and “door” say when and where that was.',
  'capacity-too-small':
    'People have or hold more tickets than the new capacity; “taken” says how many. Choose a larger one, or cancel orders first.',
  'event-in-use':
    'An event that tickets were sold of, or are held of, cannot be removed. End its sale instead.',
  'no-webhook':
    'The server was started without WEBHOOK_URL, so there is no receiver to deliver the order to.',
  'step-impossible':
    'The process of the experiment cannot make this step now. Read the experiment again.',
  'hold-expired': 'Held tickets go back on sale after a time. Nothing was sold; hold or buy again.',
  'hold-released':
    'The hold was given up, and its tickets are on sale again. Nothing was sold; hold or buy again.',
  'ticket-cancelled': 'The order of this ticket was cancelled. It is not valid any more.',
  'revision-mismatch':
    'The event was changed, created or removed since it was read. Nothing was overwritten: read it again, and repeat the change.',
  'body-too-large': 'The body of the request is larger than this server accepts.',
  'unsupported-media-type':
    'Send the body as JSON, in UTF-8, uncompressed, with “Content-Type: application/json”.',
  'unknown-host':
    'The server is not known by this name. Use its address or localhost, or add the name to ALLOWED_HOSTS.',
  'key-reused':
    'An idempotency key belongs to one request. Use a new key for a new request, and the same one only to repeat it.',
  'precondition-required':
    'Send “If-Match” with the ETag of the event that you have seen, or “If-None-Match: *” to create one. So no change is lost.',
  'too-many-attempts':
    'Too many wrong codes or tokens came from this address. Wait as long as “Retry-After” says.',
  'too-many-requests':
    'This client has too much under way at once. Wait as long as “Retry-After” says.',
  'lab-limit': 'Too many experiments were started lately. Wait as long as “Retry-After” says.',
  'headers-too-large': 'The headers of the request are larger than this server accepts.',
  internal:
    'An unexpected error. Whether something was sold is unknown; the log of the server says more.',
  'not-supported':
    'This server cannot do that with the store or the settings that it was started with.',
  busy: 'Too many requests are waiting. Nothing was sold; try again as “Retry-After” says.',
  'too-many-holds':
    'As many holds as there may be exist already. Nothing was held; try again as “Retry-After” says, or buy at once.',
  'outbox-full':
    'As many orders as there may be wait to be delivered once more. See “npm run outbox -- status”.',
  'lab-busy': 'Another experiment is running. Try again as “Retry-After” says.',
  'lock-timeout':
    'The sale did not get its turn in time. Nothing was sold; try again as “Retry-After” says.',
  'lock-lost':
    'The sale was given up before it was written. Nothing was sold; try again as “Retry-After” says.',
  draining: 'The server is being stopped. Nothing was sold; try again as “Retry-After” says.',
  'storage-unavailable':
    'The tickets cannot be read or written now. Try again as “Retry-After” says, with the same idempotency key.',
  'database-unavailable':
    'The database does not answer. Nothing was sold; try again as “Retry-After” says.',
  'commit-unknown':
    'Whether the tickets were sold is unknown. Repeat the request with the same idempotency key: it sells only once.',
  unavailable: 'The server cannot answer that now. Try again as “Retry-After” says.',
  timeout:
    'It took too long. Whether something was sold is unknown: repeat the request with the same idempotency key.',
};

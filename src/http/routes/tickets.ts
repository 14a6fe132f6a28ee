import type { FastifyInstance, FastifyRequest } from 'fastify';
import { renderSVG } from 'uqr';
import type { AppContext } from '../app-context.js';
import { type Doors, isDoorToken } from '../doors.js';
import { readUpstream } from '../error-handler.js';
import { type KeyHeaders, keyHeaders, keyOf } from '../idempotency-key.js';
import { jsonResponse, jsonSchema } from '../json-schema.js';
import { doorOrOperator } from '../openapi.js';
import { bearerToken, type Operators } from '../operators.js';
import { ProblemError } from '../problems.js';
import { keyReused } from '../sale-problems.js';
import {
  type AdmissionBody,
  admission,
  admissionBody,
  type TicketParams,
  ticketParams,
} from '../schemas.js';
import type { TicketCodes, TicketName } from '../ticket-codes.js';
import { requireKey } from '../ticket-secret.js';

/** The door that an admission by an operator names. */
const OPERATOR = 'operator';

export interface TicketRouteOptions {
  readonly context: AppContext;
  readonly codes: TicketCodes | undefined;
  readonly doors: Doors | undefined;
  readonly operators: Operators;
}

/** `GET /tickets/CODE.svg`: a ticket's QR code. `POST /admissions`: lets its owner in. */
export function ticketRoutes(
  app: FastifyInstance,
  { context, codes, doors, operators }: TicketRouteOptions,
): void {
  app.get<{ Params: TicketParams }>(
    '/tickets/:code.svg',
    {
      config: { problems: [403, 404] },
      schema: {
        operationId: 'getTicketQrCode',
        tags: ['tickets'],
        summary: 'Get the QR code of a ticket',
        description: 'It says the code of the ticket, and nothing else.',
        params: jsonSchema(ticketParams, 'input'),
        response: {
          200: {
            description: 'A picture',
            content: { 'image/svg+xml': { schema: { type: 'string' } } },
          },
        },
      },
    },
    async (request, reply) => {
      const ticket = await findTicket(request, request.params.code);
      return reply
        .type('image/svg+xml')
        .header('Cache-Control', 'private, max-age=31536000, immutable')
        .header('Content-Security-Policy', "default-src 'none'")
        .send(renderSVG(requireKey(codes).codeOf(ticket), { ecc: 'M', border: 4 }));
    },
  );

  app.post<{ Body: AdmissionBody; Headers: KeyHeaders }>(
    '/admissions',
    {
      config: { problems: [400, 401, 403, 404, 409, 410, 413, 415, 422, 501] },
      schema: {
        operationId: 'admitTicket',
        tags: ['doors'],
        summary: 'Let the owner of a ticket in',
        description:
          'For doors and operators. 409 says when and by which door somebody was let in with it before.',
        security: doorOrOperator,
        headers: jsonSchema(keyHeaders, 'input'),
        body: jsonSchema(admissionBody, 'input'),
        response: jsonResponse(201, admission),
      },
    },
    async (request, reply) => {
      const door = doorOf(request);
      const key = keyOf(request.headers, context);
      const { eventId, serial } = await findTicket(request, request.body.code);
      // Before the admission: were it read afterwards, an error would hide that the owner is in.
      const sold = await readUpstream(request, context.store.findTicket(eventId, serial));
      if (sold === undefined) throw new ProblemError('unknown-ticket');
      const result = await context.queue.submit({ kind: 'admit', eventId, serial, door, ...key });
      switch (result.kind) {
        case 'admitted': {
          const { customer } = sold.order;
          reply.code(201);
          return { eventId, serial, customer, admittedAt: result.at, door: result.door };
        }
        case 'alreadyAdmitted': {
          const ticket = await readUpstream(request, context.store.findTicket(eventId, serial));
          const { at, door: before } = ticket?.admission ?? {};
          const admission = { ...(at && { admittedAt: at }), ...(before && { door: before }) };
          throw new ProblemError('already-admitted', { serial, ...admission });
        }
        case 'ticketCancelled':
          throw new ProblemError('ticket-cancelled');
        case 'unknownTicket':
          throw new ProblemError('unknown-ticket');
        case 'keyReused':
          throw keyReused();
      }
    },
  );

  /** @throws ProblemError `unknown-ticket` for a code that this office did not make */
  async function findTicket(request: FastifyRequest, code: string): Promise<TicketName> {
    const known = requireKey(codes);
    const { state } = await readUpstream(request, context.store.search());
    const found = known.find(code, state);
    if (found === undefined) throw new ProblemError('unknown-ticket');
    return found;
  }

  /** @throws ProblemError unless the request comes from a door or an operator */
  function doorOf(request: FastifyRequest): string {
    const token = bearerToken(request);
    if (token !== undefined && isDoorToken(token)) {
      const name = requireKey(doors).nameOf(token, Date.now());
      if (name !== undefined) return name;
      const detail = 'The token of this door is not valid any more: pair the door again';
      throw new ProblemError('door-only', { detail });
    }
    operators.require(request);
    return OPERATOR;
  }
}

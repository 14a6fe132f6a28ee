import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { isLocalClient } from './local-client.js';
import { ProblemError } from './problems.js';
import { isFromOtherOrigin } from './same-origin.js';
import { WrongAttempts } from './wrong-attempts.js';

/** Wrong tokens of one client in a minute and in one worker. */
const WRONG_TOKENS_MAX = 20;

/**
 * Tells operators from buyers. An operator sends the admin token, or is a program on this machine that
 * no proxy stands in front of. A page of another origin is no such program, also if it may sell.
 */
export class Operators {
  readonly #tokenDigest: Buffer | undefined;
  readonly #wrongTokens = new WrongAttempts(WRONG_TOKENS_MAX);

  /** @param adminToken without one, only this machine has operators */
  constructor(adminToken: string | undefined) {
    this.#tokenDigest = adminToken === undefined ? undefined : digest(adminToken);
  }

  /** @throws ProblemError `unauthorized` for a wrong token, wherever it comes from; `too-many-attempts` */
  includes(request: FastifyRequest): boolean {
    const token = bearerToken(request);
    if (token === undefined || this.#tokenDigest === undefined) {
      return isLocalClient(request) && !isFromOtherOrigin(request);
    }
    this.#wrongTokens.check(request.ip);
    if (timingSafeEqual(digest(token), this.#tokenDigest)) return true;
    this.#wrongTokens.add(request.ip);
    throw new ProblemError('unauthorized', { detail: 'This is not the admin token' });
  }

  /** @throws ProblemError `unauthorized`, or `no-admin-token` where no token would help */
  require(request: FastifyRequest): void {
    if (this.includes(request)) return;
    if (this.#tokenDigest !== undefined) {
      throw new ProblemError('unauthorized', {
        detail: 'Send the admin token: Authorization: Bearer TOKEN',
      });
    }
    throw new ProblemError('no-admin-token', {
      detail: 'Start the server with ADMIN_TOKEN, then send it: Authorization: Bearer TOKEN',
    });
  }
}

/** The token of `Authorization: Bearer`. Another scheme may be meant for a proxy. */
export const bearerToken = ({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];

/** Digests have one length, so that comparing them takes the same time for every token. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

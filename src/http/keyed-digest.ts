import { createHmac, hkdfSync } from 'node:crypto';

/** Makes keyed digests (HMAC) for one purpose: no digest of another purpose ever equals one of them. */
export class KeyedDigest {
  readonly key: Buffer;

  /** @param secret what all processes of a server have in common, and no client knows */
  constructor(secret: string, purpose: string) {
    this.key = Buffer.from(hkdfSync('sha256', secret, '', `turnstile ${purpose}`, 32));
  }

  of(text: string): Buffer {
    return createHmac('sha256', this.key).update(text).digest();
  }
}

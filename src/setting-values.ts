import { isIP } from 'node:net';
import { z } from 'zod';

/**
 * The kinds of values that environment variables have. Each says in its metadata what it accepts
 * (`takes`) and what the setting is for (`about`): messages and docs print both.
 */

/** A whole number within bounds. */
export const wholeNumber = (min: number, max: number, about: string) =>
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .refine((number) => number >= min && number <= max)
    .meta({ takes: `a whole number from ${min} to ${max}`, about });

/** One of several names. */
export const oneOf = <const Name extends string>(names: readonly Name[], about: string) =>
  z.enum(names).meta({ takes: `one of ${names.join(', ')}`, about });

/** Free text, such as a path. */
export const text = (about: string) =>
  z.string().max(1024).meta({ takes: 'at most 1024 characters', about });

/** A comma-separated list whose items are trimmed; empty ones are left out. */
export const list = (isValid: (item: string) => boolean, about: string, takes: string) =>
  z
    .string()
    .max(4096)
    .transform((text) => text.split(',').flatMap((item) => item.trim() || []))
    .refine((items) => items.every(isValid))
    .meta({ takes, about });

/** A host name as a `Host` header has it, without a port. */
export const isHostName = (name: string): boolean =>
  /^[a-z\d_]([a-z\d_.-]{0,251}[a-z\d_])?$/i.test(name);

/** An origin as browsers send it. */
export const isOrigin = (text: string): boolean =>
  /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;

/** The names that Fastify knows for ranges of addresses. */
export const addressRanges = ['loopback', 'linklocal', 'uniquelocal'];

/** An http or https URL without credentials. */
export function isWebhookUrl(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  );
}

/** A key as Standard Webhooks writes it. */
export function isWebhookSecret(text: string): boolean {
  const [, key = ''] = /^whsec_([A-Za-z\d+/]+={0,2})$/.exec(text) ?? [];
  const bytes = Buffer.from(key, 'base64');
  // Also not what only some decoders accept.
  return bytes.length >= 24 && bytes.length <= 64 && bytes.toString('base64') === key;
}

/** An address, a range such as 10.0.0.0/8, or one of `addressRanges`. */
export function isAddressRange(text: string): boolean {
  const [, address = '', bits = '1'] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  return (
    addressRanges.includes(text) ||
    // A range of all addresses, which Fastify rejects too, would let every client choose its address.
    (version > 0 && Number(bits) > 0 && Number(bits) <= (version === 4 ? 32 : 128))
  );
}

import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { expectProblem } from './expect-problem.js';
import { readFiles } from './files.js';
import { sendRaw } from './raw.js';
import { sharedApp } from './test-app.js';

const longId = 'e'.repeat(128);
const app = sharedApp({ events: { gala: anEvent(1000), [longId]: anEvent(10) } });

type Body = string | Buffer<ArrayBuffer>;

const send = (body: Body, type = 'application/json', headers: Record<string, string> = {}) =>
  app().fetch('/buy', { method: 'POST', headers: { 'content-type': type, ...headers }, body });

/** A buy as text, with this member added literally: JSON.stringify could not make these. */
const withMember = (member: string): string => `{"eventId":"gala","customer":"Ada",${member}}`;
const good = '{"eventId":"gala","customer":"Ada"}';
const emoji = '🎫'; // one character, two UTF-16 units, four bytes

const malformed: [what: string, body: Body][] = [
  ['an empty body', ''],
  ['only spaces', '   '],
  ['half an object', '{"eventId":"gala","customer":'],
  ['two objects', `${good}${good}`],
  ['a trailing comma', '{"eventId":"gala","customer":"Ada",}'],
  ['single quotes', "{'eventId':'gala','customer':'Ada'}"],
  ['a comment', `${good} // please`],
  ['no JSON at all', 'eventId=gala&customer=Ada'],
  ['an array', `[${good}]`],
  ['a string', '"gala"'],
  ['a number', '1'],
  ['true', 'true'],
  ['null', 'null'],
  ['an empty object', '{}'],
  ['no customer', '{"eventId":"gala"}'],
  ['no event', '{"customer":"Ada"}'],
  ['an empty customer', '{"eventId":"gala","customer":""}'],
  ['an empty event', '{"eventId":"","customer":"Ada"}'],
  ['a customer that is a number', '{"eventId":"gala","customer":1}'],
  ['a customer that is null', '{"eventId":"gala","customer":null}'],
  ['a customer that is an array', '{"eventId":"gala","customer":["Ada"]}'],
  ['a customer that is an object', '{"eventId":"gala","customer":{"name":"Ada"}}'],
  ['an event that is an array', '{"eventId":["gala"],"customer":"Ada"}'],
  ['an event that is an object', '{"eventId":{"toString":"gala"},"customer":"Ada"}'],
  ['an unknown member', withMember('"price":0')],
  ['a member in other letters', withMember('"Quantity":1')],
  ['an empty name', withMember('"":1')],
  ['__proto__', withMember('"__proto__":{"quantity":5}')],
  ['__proto__, escaped', withMember('"\\u005f_proto__":{"quantity":5}')],
  ['__proto__ as the object', '{"__proto__":{"eventId":"gala","customer":"Ada"}}'],
  ['constructor', withMember('"constructor":{"prototype":{"quantity":5}}')],
  ['constructor, plain', withMember('"constructor":1')],
  ['prototype', withMember('"prototype":{}')],
  ['hasOwnProperty', withMember('"hasOwnProperty":1')],
  ['the last of two quantities', withMember('"quantity":1,"quantity":11')],
  ['the last of two events', '{"eventId":"gala","customer":"Ada","eventId":7}'],
  ['customer of 129 characters', `{"eventId":"gala","customer":"${'a'.repeat(129)}"}`],
  ['customer of 129 emoji', `{"eventId":"gala","customer":"${emoji.repeat(129)}"}`],
  ['event of 129 characters', `{"eventId":"${'e'.repeat(129)}","customer":"Ada"}`],
  ['an array in 8,000 arrays', '['.repeat(8000) + ']'.repeat(8000)],
  ['a customer in 7,000 arrays', `{"customer":${'['.repeat(7000)}${']'.repeat(7000)}}`],
  ['1,300 objects in each other', `${'{"eventId":'.repeat(1300)}1${'}'.repeat(1300)}`],
  ['a byte that is no UTF-8', Buffer.from(good.replace('Ada', 'Ad\xe9'), 'latin1')],
  ['a character cut in half', Buffer.from(good.replace('Ada', 'Ad\xf0\x9f'), 'latin1')],
  ['a surrogate in UTF-8', Buffer.from(good.replace('Ada', '\xed\xa0\x80'), 'latin1')],
  ['an overlong slash', Buffer.from(good.replace('Ada', '\xc0\xaf'), 'latin1')],
  ['UTF-16', Buffer.from(`\ufeff${good}`, 'utf16le')],
  ['gzip', Buffer.from(gzipSync(good))],
  ['a raw newline in a name', good.replace('Ada', 'A\nda')],
];

const quantities = [
  ...[
    'NaN',
    'Infinity',
    '1e400',
    '-1e400',
    '-1',
    '0',
    '-0',
    '11',
    '1e2',
    '1.5',
    '1e-1',
    '0x1',
    '01',
  ],
  ...['"2"', '""', '"two"', 'true', 'false', 'null', '[]', '[1]', '{}', '9007199254740993'],
];

describe('a malformed body sells nothing', () => {
  const all = [
    ...malformed,
    ...quantities.map((quantity): [string, Body] => [
      `a quantity of ${quantity}`,
      withMember(`"quantity":${quantity}`),
    ]),
  ];

  test.each(all)('rejects %s with 400', async (_what, body) => {
    const before = readFiles(app());
    await expectProblem(await send(body), 400, 'malformed');
    expect(readFiles(app())).toEqual(before);
  });
});

describe('the name of an inherited property is not an event id', () => {
  const ids = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype'];

  test.each([...ids, longId.replace('e', 'f'), 'Gala', 'gala ', '../gala', '\0', 'length', '0'])(
    'rejects the event %j with 404',
    async (eventId) => {
      const before = readFiles(app());
      const answer = await send(JSON.stringify({ eventId, customer: 'Ada' }));
      await expectProblem(answer, 404, 'unknown-event');
      expect(readFiles(app())).toEqual(before);
    },
  );
});

describe('a valid body that looks hostile is sold', () => {
  const valid: [what: string, body: Body, customer: string, quantity: number][] = [
    ['a quantity of 1.0', withMember('"quantity":1.0'), 'Ada', 1],
    ['a quantity of 1e1', withMember('"quantity":1e1'), 'Ada', 10],
    ['the last of two quantities', withMember('"quantity":11,"quantity":2'), 'Ada', 2],
    ['a byte order mark', `\ufeff${good}`, 'Ada', 1],
    ['spaces around', ` \r\n\t${good}\n `, 'Ada', 1],
    ['128 characters', good.replace('Ada', 'a'.repeat(128)), 'a'.repeat(128), 1],
    ['128 emoji', good.replace('Ada', emoji.repeat(128)), emoji.repeat(128), 1],
    ['a zero byte, escaped', good.replace('Ada', '\\u0000'), '\0', 1],
    ['half a surrogate pair, escaped', good.replace('Ada', '\\ud83c'), '\ud83c', 1],
    ['a name like a key', good.replace('Ada', '__proto__'), '__proto__', 1],
    ['a name that is a line of receipts', good.replace('Ada', 'x\\n{}\\n'), 'x\n{}\n', 1],
    ['markup', good.replace('Ada', '<script>'), '<script>', 1],
  ];

  test.each(valid)('sells %s', async (_what, body, customer, quantity) => {
    const before = app().receipts().length;
    const answer = await send(body);
    expect([answer.status, await answer.json()]).toMatchObject([201, { customer, quantity }]);
    expect(app().receipts()).toHaveLength(before + 1);
    expect(app().receipts().at(-1)).toMatchObject({ eventId: 'gala', customer, quantity });
  });

  test('sells an event with an id of 128 characters', async () => {
    const answer = await send(JSON.stringify({ eventId: longId, customer: 'Ada' }));
    expect([answer.status, await answer.json()]).toMatchObject([201, { eventId: longId }]);
  });

  test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON'])(
    'accepts the content type %s',
    async (type) => {
      expect((await send(good, type)).status).toBe(201);
    },
  );
});

describe('a body of another content type', () => {
  const types = ['', 'text/json', 'text/plain', 'application/jsonx', 'application/ld+json', 'json'];

  test.each([...types, 'multipart/form-data; boundary=x', 'application/json,text/plain'])(
    'rejects the content type %j with 415',
    async (type) => {
      const before = readFiles(app());
      await expectProblem(await send(good, type), 415, 'unsupported-media-type');
      expect(readFiles(app())).toEqual(before);
    },
  );
});

describe('a body that is too large', () => {
  const head = 'POST /buy HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
  const chunk = `1000\r\n${' '.repeat(4096)}\r\n`;
  const padded = (bytes: number) => `${good}${' '.repeat(bytes - good.length)}`;

  let url: URL;
  beforeAll(async () => {
    url = await app().listen();
  });

  test('a body of 16 KiB is accepted', async () => {
    expect((await send(padded(16 * 1024))).status).toBe(201);
  });

  test('a body with one byte more is rejected with 413', async () => {
    const before = readFiles(app());
    await expectProblem(await send(padded(16 * 1024 + 1)), 413, 'body-too-large');
    expect(readFiles(app())).toEqual(before);
  });

  test.each([
    ['2 MiB that are announced and not sent', `${head}Content-Length: 2097152\r\n\r\n`],
    ['2 MiB that are still being sent', `${head}Content-Length: 2097152\r\n\r\n${padded(4096)}`],
    ['chunks without an end', `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(5)}`],
    [
      'a complete buy, followed by chunks of spaces',
      `${head}Transfer-Encoding: chunked\r\n\r\n${good.length.toString(16)}\r\n${good}\r\n${chunk.repeat(4)}0\r\n\r\n`,
    ],
  ])('rejects %s with 413 and closes the connection', async (_what, bytes) => {
    const before = readFiles(app());
    const answers = await sendRaw(url, bytes);
    expect(answers).toHaveLength(1);
    for (const answer of answers) {
      expect(answer.headers.get('connection')).toBe('close');
      await expectProblem(answer, 413, 'body-too-large');
    }
    expect(readFiles(app())).toEqual(before);
  });
});

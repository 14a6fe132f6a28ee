/** A place in a JSON text: the names and indexes that lead to it. */
export type JsonPath = readonly (string | number)[];

export interface JsonScan {
  /** The line on which a value begins, from 1; of a place that is not there, the line of what contains it. */
  lineOf(path: JsonPath): number;
  /** Members that would be dropped without a word: of two with the same name, JavaScript keeps the last. */
  readonly dropped: readonly { readonly line: number; readonly reason: string }[];
}

/** A text that is not JSON. */
export class JsonScanError extends Error {
  readonly line: number;

  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}

// The tokens of RFC 8259.
const plain = String.raw`[^"\\\u0000-\u001f]*`;
const escaped = String.raw`\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})`;
const string = `"${plain}(?:${escaped}${plain})*"`;
const number = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?`;
const token = new RegExp(
  String.raw`[ \t\r\n]*([{}[\],:]|${string}|${number}|true|false|null)`,
  'y',
);

/** A ticket file has four levels; deeper ones would only exhaust the stack. */
const DEPTH_MAX = 100;

/**
 * Finds on which line each value of a JSON text is, and which members would be dropped. `JSON.parse`
 * says neither.
 *
 * @throws JsonScanError for a text that is not JSON, or nested too deeply
 */
export function scanJson(text: string): JsonScan {
  const scanner = new Scanner(text);
  const root = scanner.readText();
  return {
    dropped: scanner.dropped,
    lineOf(path) {
      let value = root;
      for (const part of path) value = value.parts?.get(part) ?? value;
      return value.line;
    },
  };
}

/** A value of the text. */
interface Value {
  readonly line: number;
  /** The values in an object or an array. */
  readonly parts?: ReadonlyMap<string | number, Value>;
}

class Scanner {
  readonly dropped: { line: number; reason: string }[] = [];
  readonly #text: string;
  /** The offset after the last token. */
  #end = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  readText(): Value {
    const value = this.#readValue(this.#next('a value'), 0);
    if (/[^ \t\r\n]/.test(this.#text.slice(this.#end))) this.#fail('the end of the text');
    return value;
  }

  #readValue(first: string, depth: number): Value {
    if (depth > DEPTH_MAX) throw new JsonScanError(this.#line, 'it is nested too deeply');
    const line = this.#line;
    if (first === '{') return { line, parts: this.#readObject(depth) };
    if (first === '[') return { line, parts: this.#readArray(depth) };
    if (/^[}\],:]/.test(first)) this.#fail('a value', first);
    return { line };
  }

  #readObject(depth: number): ReadonlyMap<string, Value> {
    const members = new Map<string, Value>();
    let next = this.#next('a name or }');
    if (next === '}') return members;
    for (;;) {
      if (!next.startsWith('"')) this.#fail('a name in double quotes', next);
      const name = JSON.parse(next) as string;
      this.#checkName(name, members.get(name)?.line);
      const colon = this.#next(':');
      if (colon !== ':') this.#fail(':', colon);
      members.set(name, this.#readValue(this.#next('a value'), depth + 1));
      const separator = this.#next(', or }');
      if (separator === '}') return members;
      if (separator !== ',') this.#fail(', or }', separator);
      next = this.#next('a name');
    }
  }

  #checkName(name: string, earlierLine: number | undefined): void {
    if (earlierLine !== undefined) {
      const reason = `${JSON.stringify(name)} is there already, on line ${earlierLine}`;
      this.dropped.push({ line: this.#line, reason });
    }
    if (name === '__proto__') {
      this.dropped.push({ line: this.#line, reason: 'nothing may be called __proto__' });
    }
  }

  #readArray(depth: number): ReadonlyMap<number, Value> {
    const items = new Map<number, Value>();
    let next = this.#next('a value or ]');
    if (next === ']') return items;
    for (;;) {
      items.set(items.size, this.#readValue(next, depth + 1));
      const separator = this.#next(', or ]');
      if (separator === ']') return items;
      if (separator !== ',') this.#fail(', or ]', separator);
      next = this.#next('a value');
    }
  }

  #next(expected: string): string {
    token.lastIndex = this.#end;
    const [all = '', found] = token.exec(this.#text) ?? [];
    if (found === undefined) this.#fail(expected);
    this.#countLines(all.length - found.length);
    this.#end = token.lastIndex;
    return found;
  }

  /** Counts the line feeds in the white space before a token; no token contains one. */
  #countLines(length: number): void {
    for (let at = this.#end; at < this.#end + length; at++) {
      if (this.#text[at] === '\n') this.#line++;
    }
  }

  /** @param found the token that is there; by default what follows */
  #fail(expected: string, found?: string): never {
    if (found === undefined) {
      const rest = this.#text.slice(this.#end);
      const [space = ''] = /^[ \t\r\n]*/.exec(rest) ?? [];
      this.#countLines(space.length);
      found = /^[\w.+-]{1,40}|^./su.exec(rest.slice(space.length))?.[0];
    }
    const what = found === undefined ? 'the text ends' : `found ${found}`;
    throw new JsonScanError(this.#line, `expected ${expected}, but ${what}`);
  }
}

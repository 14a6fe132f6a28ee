import { styleText } from 'node:util';
import type { Ruling } from '../verdict/judge.js';

type Style = Parameters<typeof styleText>[0];

/** Styles a text for stdout; leaves it plain if stdout does not support colours. */
export function color(style: Style, text: string): string {
  // `hasColors` respects NO_COLOR and FORCE_COLOR; a pipe or a file has no such method.
  return process.stdout.isTTY && process.stdout.hasColors() ? styleText(style, text) : text;
}

const styleOf: Readonly<Record<Ruling, Style>> = {
  holds: ['green', 'bold'],
  broken: ['red', 'bold'],
  inconclusive: ['yellow', 'bold'],
};

/** A ruling in capitals: the first word of a verdict. */
export const colorRuling = (ruling: Ruling): string => color(styleOf[ruling], ruling.toUpperCase());

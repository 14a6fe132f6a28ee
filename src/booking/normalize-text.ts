const quotes = /[‘’‚‛ʻʼʹ′`]/gu;
const doubleQuotes = /[“”„‟«»″]/gu;
const dashes = /[\u2010-\u2015\u2043\u2212]/gu;

/**
 * The marks that readers leave out: accents, Hebrew points, Arabic vowels. The vowel signs of Indic
 * scripts and the voicing marks of kana are letters to their readers, and stay.
 */
const marks =
  /(?![\u3099\u309a])(?=\p{Mn})[\p{Script=Inherited}\p{Script=Hebrew}\p{Script=Arabic}]/gu;

/** Letters with a stroke, and ligatures: Unicode does not decompose them. */
const letters: Readonly<Record<string, string>> = {
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ħ: 'h',
  ŧ: 't',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ς: 'σ',
};
const undecomposed = /[øđðłħŧþæœς]/gu;

/**
 * The form of a text in which two spellings that a reader takes for the same are equal: `İstanbul` and
 * `istanbul`, `Straße` and `STRASSE`, `Dvořák` and `dvorak`, composed or decomposed, `O’Neill` and
 * `o'neill`. Pure.
 */
export function normalizeText(text: string): string {
  const lower = text.toLowerCase();
  // Nothing of it is decomposed or has a mark.
  if (/^[\0-\x7f]*$/.test(lower)) return lower.replaceAll('`', "'");
  return lower
    .replace(/[´\u1ffd]/g, "'") // the decomposition would make a space and an accent of it
    .replace(doubleQuotes, '"')
    .normalize('NFKD')
    .toUpperCase() // full case folding: the upper case of ß is SS, and ẞ was made ß above
    .toLowerCase()
    .replace(marks, '')
    .replace(quotes, "'")
    .replace(dashes, '-')
    .replace(undecomposed, (letter) => letters[letter] ?? letter)
    .normalize('NFC'); // a syllable of Hangul is one letter again
}

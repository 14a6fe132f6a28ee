/** The codes of ISO 4217 whose minor unit is not a hundredth, by the digits of their minor unit. */
const exceptions: Readonly<Record<number, string>> = {
  0:
    'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ' +
    'XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX', // metals and funds have no minor unit
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

const digitsByCode = new Map(
  Object.entries(exceptions).flatMap(([digits, codes]) =>
    codes.split(' ').map((code) => [code, Number(digits)] as const),
  ),
);

/**
 * How many decimal places an amount in minor units has: 2 for EUR, 0 for JPY, 3 for KWD. By ISO 4217,
 * the list of 2024-06-25. (`Intl` follows CLDR, which has the digits that are usual in cash: 0 for RSD.)
 */
export const minorUnitDigits = (currency: string): number => digitsByCode.get(currency) ?? 2;

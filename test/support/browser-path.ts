import sparticuz from '@sparticuz/chromium';

/** Where a Chromium is: the one that CHROMIUM_PATH names, or the one that npm brought, unpacked. */
export const browserPath = async (): Promise<string> =>
  process.env.CHROMIUM_PATH || sparticuz.executablePath();

/**
 * Unpacks it before the tests: files that run side by side would do so into the same place, and start
 * what is half there. Where that fails, who starts it says so.
 */
export default async function unpack(): Promise<void> {
  await browserPath().catch(() => undefined);
}

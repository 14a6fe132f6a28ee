import sparticuz from '@sparticuz/chromium';

/** The path of a Chromium: CHROMIUM_PATH, or the one that npm installed, unpacked. */
export const browserPath = async (): Promise<string> =>
  process.env.CHROMIUM_PATH || sparticuz.executablePath();

/**
 * Unpacks Chromium before the tests: files that run side by side would unpack it to the same place,
 * and start a half-written binary. If this fails, starting the browser reports the error.
 */
export default async function unpack(): Promise<void> {
  await browserPath().catch(() => undefined);
}

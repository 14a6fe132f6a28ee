import { createRequire } from 'node:module';
export const { tryLock, waitForLock, unlock, tryDowngradeLock } = createRequire(import.meta.url)('fs-native-extensions');

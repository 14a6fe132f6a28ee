/** `undefined` where the file does not exist. @throws any other error */
export const ifExists = <T>(result: Promise<T>): Promise<T | undefined> =>
  result.catch((error) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });

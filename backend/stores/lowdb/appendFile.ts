import { constants, fstatSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** The few verbs that the store needs of a file it writes at the end of; tests give one that fails. */
export interface AppendFile {
  /** Writes all bytes, or rejects after some of them. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Makes what was written durable. */
  sync(): Promise<void>;
  truncate(size: number): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

/** Opens a file for appending, and makes it when there is none. */
export type OpenAppendFile = (path: string) => Promise<AppendFile>;

/** Up to here a write does not leave the thread. */
const smallBytes = 65_536;

/** The real one, on node:fs. */
export const openAppendFile: OpenAppendFile = async (path) => {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT);
  return {
    async write(bytes, position) {
      // A disk that fills up takes a part first and refuses the rest.
      for (let written = 0; written < bytes.length;) {
        // A small write is a copy into memory: a trip through the thread pool takes longer, and as long as the sync itself.
        if (bytes.length <= smallBytes) {
          written += writeSync(file.fd, bytes, written, bytes.length - written, position + written);
          continue;
        }
        const result = await file.write(bytes, written, bytes.length - written, position + written);
        written += result.bytesWritten;
      }
    },
    sync: () => file.datasync(),
    truncate: (size) => file.truncate(size),
    size: async () => fstatSync(file.fd).size,
    close: () => file.close(),
  };
};

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A disk of its own: a small tmpfs that only this test and who is given its path sees. */
export interface SmallDisk {
  readonly path: string;
  /** Takes all space that is left. */
  fill(): Promise<void>;
  /** Gives it back. */
  free(): Promise<void>;
  /** Makes it read-only, or writable again; nobody may have a file open for writing. */
  setReadOnly(isReadOnly: boolean): Promise<void>;
  /** It is gone with everything on it. */
  close(): Promise<void>;
}

/**
 * Mounts one in a mount namespace of its own, which ends with the process that holds it: nothing is left behind, whatever
 * happens to the test. Needs no privileges where the system lets users make namespaces.
 *
 * Shape   null where it does not, which is said loudly
 */
export async function startSmallDisk(kilobytes: number): Promise<SmallDisk | null> {
  const mount = await mkdtemp(join(tmpdir(), 'small-disk-'));
  const flags = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
  // A shell that mounts, and then does what it is told line by line.
  const script = `mount -t tmpfs -o size=${kilobytes}k tmpfs "$1" && echo done && while read -r line; do eval "$line" && echo done || echo failed; done`;
  const holder = spawn('unshare', [...flags, 'sh', '-c', script, 'sh', mount], { stdio: ['pipe', 'pipe', 'ignore'] });
  const gone = once(holder, 'exit').catch(() => undefined);
  holder.stdin.on('error', () => undefined);
  const answers = createInterface({ input: holder.stdout })[Symbol.asyncIterator]();
  const isMounted = (await answers.next()).value === 'done';
  // Seen from outside of the namespace.
  const path = `/proc/${holder.pid}/root${mount}`;
  const ballast = join(path, 'ballast');

  async function tell(command: string): Promise<void> {
    holder.stdin.write(`${command}\n`);
    const { value } = await answers.next();
    if (value !== 'done') throw new Error(`The small disk did not do this: ${command}`);
  }

  async function close(): Promise<void> {
    holder.stdin.end();
    await gone;
    await rm(mount, { recursive: true, force: true });
  }

  if (!isMounted) {
    console.warn('\n!!! No mount namespace (unshare, mount): tests that need a real disk of their own are SKIPPED.\n');
    await close();
    return null;
  }
  return {
    path,
    async fill() {
      const file = await open(ballast, 'a');
      try {
        for (const size of [65_536, 4_096, 1]) {
          const block = Buffer.alloc(size, 'x');
          while ((await file.write(block).catch(() => ({ bytesWritten: 0 }))).bytesWritten === size);
        }
      } finally {
        await file.close();
      }
    },
    free: () => rm(ballast, { force: true }),
    setReadOnly: (isReadOnly) => tell(`mount -o remount,${isReadOnly ? 'ro' : 'rw'} "$1"`),
    close,
  };
}

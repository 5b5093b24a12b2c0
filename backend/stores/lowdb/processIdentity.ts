import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** What tells one process from another, also where each container counts its pids from 1. */
export interface ProcessIdentity {
  readonly host: string;
  /** Another one means that the machine was started again; empty where the system has none. */
  readonly bootId: string;
  /** The pid namespace; pids of another one cannot be looked up. Empty where the system has none. */
  readonly pidNamespace: string;
  readonly pid: number;
  /** Clock ticks since the boot; empty where the system does not tell. */
  readonly startTime: string;
}

/** Whether a process is running, as far as this one can see. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** The identity of this process. */
export function identifyProcess(): ProcessIdentity {
  return {
    host: hostname(),
    bootId: readOrEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: readOrEmpty(() => readlinkSync('/proc/self/ns/pid')),
    pid: process.pid,
    startTime: readProcessStat(process.pid)?.startTime ?? '',
  };
}

/**
 * Says whether a process of which the identity was written down is still running.
 *
 * A pid alone proves nothing: in a container it is 1 each time. The same boot and another start time is another process.
 * What lives on another machine, or in another container, cannot be seen from here: `unknown`.
 */
export function findLiveness(other: ProcessIdentity, self: ProcessIdentity = identifyProcess()): Liveness {
  if (other.host !== self.host) return 'unknown';
  if (other.bootId !== self.bootId) return 'dead';
  if (other.pidNamespace !== self.pidNamespace) return 'unknown';
  if (!isPidInUse(other.pid)) return 'dead';
  const stat = readProcessStat(other.pid);
  // A zombie holds its pid and nothing else.
  if (stat !== null && (stat.state === 'Z' || stat.state === 'X')) return 'dead';
  if (stat !== null && other.startTime !== '' && stat.startTime !== other.startTime) return 'dead';
  return 'alive';
}

function isPidInUse(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function readProcessStat(pid: number): { state: string; startTime: string } | null {
  const stat = readOrEmpty(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The name of the program comes second, in brackets, and may hold spaces and brackets itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const startTime = fields[19];
  return state === undefined || startTime === undefined ? null : { state, startTime };
}

function readOrEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    // Only Linux has these files; without them a pid that is in use counts as alive.
    return '';
  }
}

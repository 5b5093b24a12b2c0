import { lookup as askSystem, Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { LRUCache } from 'lru-cache';
import { SyncError } from '../../../shared/problem.ts';
import type { ResolvedAddress, ResolveName } from './addressGuard.ts';

/** What names are looked up with. */
export interface ResolverOptions {
  /** Name servers, as `address` or `address:port`. Default those of the system. */
  readonly servers?: readonly string[];
  /** Default the file of the system. */
  readonly hostsFile?: string;
  readonly limits?: { readonly [Name in keyof typeof resolverLimits]: number };
}

/** Limits of looking names up. */
export const resolverLimits = {
  /** A look-up ends after so many milliseconds, whoever is silent. */
  timeoutMs: 5_000,
  /** IPv4 and IPv6 are asked for at once; the second answer may take so much longer than the first, in milliseconds. */
  secondAnswerMs: 250,
  /** An answer counts so long, in milliseconds, for so many names. */
  keptMs: 5_000,
  names: 10_000,
  /** Names that DNS does not know and the system is asked for, at once. */
  systemAtOnce: 2,
} as const;

const systemHosts =
  process.platform === 'win32'
    ? `${process.env['SystemRoot'] ?? 'C:\\Windows'}\\System32\\drivers\\etc\\hosts`
    : '/etc/hosts';
/**
 * Codes that say: there is no such name here, or this server cannot say. The system may know it all the same, or may have other
 * ways to ask: a resolver that is there for names with dots answers ESERVFAIL or EREFUSED for those of the house.
 */
const unknown = new Set(['ENOTFOUND', 'ENODATA', 'ECONNREFUSED', 'ESERVFAIL', 'EREFUSED']);

/**
 * Creates the resolver of an installation: the hosts file, then DNS, and what neither knows from the system.
 *
 * DNS is asked without the thread pool, in which a few name servers that are silent keep every other name waiting, and file
 * access with them. The system alone knows search domains and mDNS, and is asked for few names at once.
 *
 * Errors  those of the look-up; NAME_UNANSWERED when no name server gave an answer in time, which is no word about the name
 */
export function createNameResolver({
  servers,
  hostsFile = systemHosts,
  limits = resolverLimits,
}: ResolverOptions = {}): ResolveName {
  const kept = new LRUCache<string, readonly ResolvedAddress[]>({
    max: limits.names,
    ttl: limits.keptMs,
    ttlResolution: 0,
  });
  const underWay = new Map<string, Promise<readonly ResolvedAddress[]>>();
  const line: (() => void)[] = [];
  let hosts: { readonly at: number; readonly names: Promise<ReadonlyMap<string, readonly string[]>> } | null = null;
  let dns: { readonly at: number; readonly resolver: Resolver } | null = null;
  let inSystem = 0;

  /** Read once for all who ask at one moment. */
  function hostsNames(): Promise<ReadonlyMap<string, readonly string[]>> {
    if (hosts === null || performance.now() - hosts.at >= limits.keptMs) {
      // A system without the file has no such names.
      const names = readFile(hostsFile, 'utf8').then(parseHosts, () => parseHosts(''));
      hosts = { at: performance.now(), names };
    }
    return hosts.names;
  }

  /** Afresh once in a while: its name servers are those of the moment in which it was made. */
  function resolverNow(): Resolver {
    if (dns === null || performance.now() - dns.at >= 12 * limits.keptMs) {
      const resolver = new Resolver({ timeout: Math.ceil(limits.timeoutMs / 4), tries: 2 });
      if (servers) resolver.setServers(servers);
      dns = { at: performance.now(), resolver };
    }
    return dns.resolver;
  }

  async function askDns(name: string): Promise<readonly ResolvedAddress[]> {
    const resolver = resolverNow();
    const found: ResolvedAddress[] = [];
    const ask = async (answer: Promise<readonly string[]>, family: number): Promise<void> => {
      for (const address of await answer) found.push({ address, family });
    };
    const both = [ask(resolver.resolve4(name), 4), ask(resolver.resolve6(name), 6)];
    try {
      await Promise.any(both);
    } catch (error) {
      // That one of the two was not answered says more than that the other does not exist.
      const { errors } = error as AggregateError;
      throw errors.find((one) => !isUnknown(one)) ?? errors[0];
    }
    await inTime(Promise.allSettled(both), limits.secondAnswerMs);
    // IPv4 first: a server without IPv6 loses no time with what it cannot reach.
    return [...found].sort((a, b) => a.family - b.family);
  }

  async function askTheSystem(name: string): Promise<readonly ResolvedAddress[]> {
    const startedAt = performance.now();
    if (inSystem >= limits.systemAtOnce) await new Promise<void>((resolve) => line.push(resolve));
    inSystem += 1;
    try {
      // Nobody waits for it any more: its place is for those who still do.
      if (performance.now() - startedAt >= limits.timeoutMs) throw unanswered(name);
      return await askSystem(name, { all: true, verbatim: true });
    } catch (error) {
      // The word of the system for what a name server says with ESERVFAIL, or does not say.
      throw codeOf(error) === 'EAI_AGAIN' ? unanswered(name, error) : error;
    } finally {
      inSystem -= 1;
      line.shift()?.();
    }
  }

  async function lookUp(name: string): Promise<readonly ResolvedAddress[]> {
    const listed = (await hostsNames()).get(name.toLowerCase());
    if (listed) return listed.map((address) => ({ address, family: isIP(address) }));
    try {
      return await askDns(name);
    } catch (error) {
      if (isUnknown(error)) return askTheSystem(name);
      throw unanswered(name, error);
    }
  }

  function begin(name: string): Promise<readonly ResolvedAddress[]> {
    const asked = lookUp(name).finally(() => underWay.delete(name));
    underWay.set(name, asked);
    asked.then(
      (addresses) => kept.set(name, addresses),
      () => undefined,
    );
    return asked;
  }

  async function waitFor(
    asked: Promise<readonly ResolvedAddress[]>,
    name: string,
    ms: number,
  ): Promise<readonly ResolvedAddress[]> {
    const addresses = await inTime(asked, ms);
    if (addresses === null) throw unanswered(name);
    return addresses;
  }

  return async (name) => {
    const known = kept.get(name);
    if (known) return known;
    const shared = underWay.get(name);
    if (shared === undefined) return waitFor(begin(name), name, limits.timeoutMs);
    const startedAt = performance.now();
    try {
      return await waitFor(shared, name, limits.timeoutMs);
    } catch (error) {
      // Begun for somebody else, who began to wait earlier: that nobody answered him is asked again in the time that is left.
      const leftMs = limits.timeoutMs - (performance.now() - startedAt);
      if (!isSilence(error) || leftMs <= 0) throw error;
      return kept.get(name) ?? waitFor(underWay.get(name) ?? begin(name), name, leftMs);
    }
  };
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code);
}

function isUnknown(error: unknown): boolean {
  return unknown.has(codeOf(error));
}

/** True for an error that says that nobody answered, and so nothing about the name. */
function isSilence(error: unknown): boolean {
  return error instanceof SyncError && error.code === 'NAME_UNANSWERED';
}

function unanswered(name: string, cause?: unknown): SyncError {
  const detail = `The name "${name}" could not be looked up: our name servers did not answer. It says nothing about the receiver.`;
  return new SyncError('NAME_UNANSWERED', detail, cause === undefined ? {} : { cause });
}

/** What a promise gives within a time; null after it. */
async function inTime<Value>(work: Promise<Value>, ms: number): Promise<Value | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(resolve, ms, null)));
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Addresses by name: an address, its names, and what follows `#` is for people. */
function parseHosts(text: string): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...of] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (isIP(address) !== 0)
      for (const name of of) names.set(name.toLowerCase(), [...(names.get(name.toLowerCase()) ?? []), address]);
  }
  return names;
}

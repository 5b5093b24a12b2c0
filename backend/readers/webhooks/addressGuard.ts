import { isIP, type LookupFunction } from 'node:net';
import { SyncError } from '../../../shared/problem.ts';
import { createAddressRule } from './addressRule.ts';
import { blockedPorts } from './blockedPorts.ts';
import { createNameResolver } from './createNameResolver.ts';

/** One address of a name. */
export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name; rejects when there are none. */
export type ResolveName = (name: string) => Promise<readonly ResolvedAddress[]>;

/** What the guard goes by. */
export interface AddressGuardOptions {
  /** Networks that may be reached although they are not public, as CIDR. */
  readonly allowPrivate: readonly string[];
  /** Default the hosts file, DNS and the system. */
  readonly resolve?: ResolveName;
}

/** Decides where webhooks may go, so that nobody makes this server call its own network. */
export interface AddressGuard {
  /**
   * The address of an endpoint, checked as far as its text goes: for the moment before a connection is made.
   *
   * Errors  ENDPOINT_REFUSED
   */
  checkText(url: string): URL;
  /**
   * The same, with its name resolved: every address that it has must be allowed. For registering.
   *
   * Errors  ENDPOINT_REFUSED; NAME_UNANSWERED when no name server answered
   */
  check(url: string): Promise<URL>;
  /**
   * Resolves for a socket, and gives it only addresses that were judged: there is no second look-up whose answer could be
   * another one. A socket to a literal address never asks, so `checkText` comes before.
   */
  readonly lookup: LookupFunction;
}

/**
 * Creates the guard of an installation.
 *
 * Errors  OPTION_INVALID when `allowPrivate` holds something else than networks
 */
export function createAddressGuard({
  allowPrivate,
  resolve = createNameResolver(),
}: AddressGuardOptions): AddressGuard {
  const isAllowed = createAddressRule(allowPrivate);

  function checkText(text: string): URL {
    const url = parseUrl(text);
    const name = nameOf(url);
    if (isIP(name) !== 0) {
      if (!isAllowed(name)) throw refused(`${name} is not an address of the public internet. ${howToAllow}`);
    } else if (isLocalName(name) && !isAllowed('127.0.0.1')) {
      throw refused(`"${name}" is this machine. ${howToAllow}`);
    }
    return url;
  }

  async function resolveAllowed(name: string): Promise<readonly ResolvedAddress[]> {
    let addresses: readonly ResolvedAddress[];
    try {
      addresses = await resolve(name);
    } catch (cause) {
      if (cause instanceof SyncError) throw cause;
      throw refused(`The name "${name}" does not resolve to an address. Check its spelling.`, cause);
    }
    // One private address among public ones is enough to refuse: which of them is used would be chance.
    const hit = addresses.find(({ address }) => !isAllowed(address));
    if (addresses.length === 0 || hit) {
      throw refused(
        `The name "${name}" leads to ${hit?.address ?? 'no address'}, not to the public internet. ${howToAllow}`,
      );
    }
    return addresses;
  }

  return {
    checkText,
    async check(text) {
      const url = checkText(text);
      if (isIP(nameOf(url)) === 0) await resolveAllowed(nameOf(url));
      return url;
    },
    lookup(name, options, callback) {
      resolveAllowed(name).then(
        (addresses) => {
          const [first] = addresses;
          if (options.all) callback(null, [...addresses]);
          else callback(null, first?.address ?? '', first?.family);
        },
        (error: Error) => callback(error, ''),
      );
    },
  };
}

const howToAllow = 'To allow it, add its network to WEBHOOK_ALLOW_PRIVATE, such as 127.0.0.0/8,::1/128.';

function refused(detail: string, cause?: unknown): SyncError {
  return new SyncError('ENDPOINT_REFUSED', detail, cause === undefined ? {} : { cause });
}

/** Parsed as the client that connects parses it, so that `0x7f.1` and `①②⑦.⓪.⓪.①` are judged as what they lead to. */
function parseUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw refused('The address cannot be read. Send it whole, such as https://example.com/webhooks.', cause);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw refused(`The address has to begin with https:// or http://; ${url.protocol.slice(0, 20)} came.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw refused('A user name or password in the address is not sent. Remove it; the signature says who calls.');
  }
  if (url.hostname === '') throw refused('The address names no server.');
  if (url.port !== '' && blockedPorts.has(Number(url.port)))
    throw refused(`Port ${url.port} belongs to another service than HTTP.`);
  return url;
}

/** The host without brackets and without the dot at the end, which means the same name. */
function nameOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

/** RFC 6761: these names mean this machine whatever a resolver says. */
function isLocalName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost');
}

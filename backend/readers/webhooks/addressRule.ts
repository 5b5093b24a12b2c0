import ipaddr from 'ipaddr.js';
import { refuseOption } from '../../options.ts';

/** Says whether one IP address may be connected to. */
export type AddressRule = (address: string) => boolean;

type Address = ReturnType<typeof ipaddr.process>;

/**
 * The rule for addresses: those of the public internet, and the networks that are allowed by name.
 *
 * Shape   allowPrivate CIDR, or single addresses
 * Errors  OPTION_INVALID for a text that is neither, at start-up
 */
export function createAddressRule(allowPrivate: readonly string[]): AddressRule {
  const allowed = allowPrivate.map(parseNetwork);
  return (text) => {
    if (!ipaddr.isValid(text)) return false;
    // Mapped addresses (::ffff:127.0.0.1) become what they lead to.
    const address = ipaddr.process(text);
    return (
      allowed.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits)) ||
      isPublic(address)
    );
  };
}

/** Public by their range, and yet not of the internet: Azure answers there to its own machines, like 169.254.169.254. */
const hostServices = new Set(['168.63.129.16']);

/** Judges by what is known to be public, never by a list of what is private: a range that is new is refused. */
function isPublic(address: Address): boolean {
  if (address.kind() === 'ipv4') return address.range() === 'unicast' && !hostServices.has(address.toString());
  const parts = (address as ipaddr.IPv6).parts;
  // 64:ff9b::/96 leads to the IPv4 address in its last 32 bits; networks without IPv4 reach every server through it.
  if (address.range() === 'rfc6052' && parts.slice(2, 6).every((part) => part === 0)) {
    return isPublic(ipaddr.fromByteArray((address as ipaddr.IPv6).toByteArray().slice(12)));
  }
  // 2000::/3 is all that is given out; what lies outside of it, such as ::127.0.0.1, has no public meaning.
  return address.range() === 'unicast' && ((parts[0] ?? 0) & 0xe000) === 0x2000;
}

function parseNetwork(text: string): readonly [Address, number] {
  const trimmed = text.trim();
  if (ipaddr.isValidCIDR(trimmed)) return ipaddr.parseCIDR(trimmed);
  if (ipaddr.isValid(trimmed)) {
    const address = ipaddr.process(trimmed);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  }
  return refuseOption('webhooks', 'allowPrivate', 'networks such as 10.0.0.0/8 or ::1/128', text);
}

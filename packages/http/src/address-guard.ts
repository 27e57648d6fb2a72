import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/**
 * Whether an address belongs to somebody on the public internet: not private, loopback, link-local, shared (CGNAT),
 * multicast, documentation or otherwise set aside (IANA special-purpose registries). Addresses that carry an IPv4 address,
 * mapped or behind NAT64, are judged by that one; tunnels (6to4, Teredo) are refused.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  // A zone names an interface of this machine, so what carries one is not public.
  if (address.includes("%")) return false;
  const parsed = ipaddr.parse(address);
  return parsed instanceof ipaddr.IPv6 ? isPublicIPv6(parsed) : parsed.range() === "unicast";
}

/** The address that a host of a URL is, without brackets; `null` when it is a name, which has to be looked up. */
export function literalAddress(hostname: string): string | null {
  const address = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  return isIP(address) === 0 ? null : address;
}

function isPublicIPv6(address: ipaddr.IPv6): boolean {
  const range = address.range();
  if (range === "ipv4Mapped") return address.toIPv4Address().range() === "unicast";
  if (address.match(nat64)) return carriedIPv4(address).range() === "unicast";
  return range === "unicast" && address.match(globalUnicast);
}

/** RFC 6052: the last 32 bits of an address with the well-known prefix. */
function carriedIPv4(address: ipaddr.IPv6): ipaddr.IPv4 {
  return new ipaddr.IPv4(address.toByteArray().slice(12));
}

const nat64 = ipaddr.IPv6.parseCIDR("64:ff9b::/96");
/** All that IANA has given out; what is outside is not unicast for the world, whatever its range is called. */
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");

import { BlockList, isIP, SocketAddress } from 'node:net'
import { StartError } from '../errors.ts'

/** Addresses and networks (`10.0.0.0/8`) of the proxies in front of the server, or how many proxies each request passes. */
export type TrustedProxies = readonly string[] | number

/** The parts of a request that say where it came from. */
export interface Origin {
  readonly remoteAddress: string | undefined
  readonly forwardedFor: string | readonly string[] | undefined
}

/** The address of the client that a request came from, also through trusted proxies. */
export type AddressOf = (request: Origin) => string

/**
 * Each proxy appends the address that it was called from to X-Forwarded-For. So the header is read from its end, for as long as
 * the address before it is a trusted proxy's: what a client writes into it is never reached.
 * @throws StartError if a proxy is neither an address nor a network
 */
export function addressThrough(proxies: TrustedProxies = [], option = 'trustedProxies'): AddressOf {
  const isTrusted = typeof proxies === 'number' ? countOf(proxies, option) : among(proxies, option)
  return ({ remoteAddress = '', forwardedFor = [] }) => {
    let address = plainAddress(remoteAddress) ?? ''
    if (forwardedFor.length === 0) return address
    const hops = [forwardedFor].flat().join(',').split(',').reverse()
    for (const [passed, hop] of hops.entries()) {
      const next = isTrusted(address, passed) ? plainAddress(hop.trim()) : undefined
      if (next === undefined) break
      address = next
    }
    return address
  }
}

type IsTrusted = (address: string, passed: number) => boolean

function countOf(proxies: number, option: string): IsTrusted {
  if (!Number.isInteger(proxies) || proxies < 0)
    throw new StartError(`${option}: expected addresses or a whole number, got ${proxies}`)
  return (_address, passed) => passed < proxies
}

function among(proxies: readonly string[], option: string): IsTrusted {
  const list = new BlockList()
  for (const proxy of proxies) add(list, proxy, option)
  return (address) => {
    const family = isIP(address)
    return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
  }
}

function add(list: BlockList, proxy: string, option: string): void {
  const problem = new StartError(
    `${option}: expected an address or a network such as 10.0.0.0/8, got ${proxy}`,
  )
  const [address = '', bits, ...rest] = proxy.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) throw problem
  const kind = family === 6 ? 'ipv6' : 'ipv4'
  try {
    if (bits === undefined) list.addAddress(address, kind)
    else list.addSubnet(address, Number(bits), kind)
  } catch {
    throw problem
  }
}

/** An address in its usual form, without a port or a zone; IPv4 also where IPv6 wraps it. Undefined if it is none. */
function plainAddress(text: string): string | undefined {
  // Most are, and each connection asks several times.
  if (isIP(text) === 4) return text
  const [, bracketed, withPort] = /^(?:\[([^\]]+)\](?::\d+)?|([\d.]+):\d+)$/.exec(text) ?? []
  const [address = ''] = (bracketed ?? withPort ?? text).split('%')
  const wrapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1]
  if (wrapped !== undefined) return isIP(wrapped) ? wrapped : undefined
  if (isIP(address) !== 6) return isIP(address) ? address : undefined
  return new SocketAddress({ address, family: 'ipv6' }).address
}

/** Whose address it is: an IPv6 address stands for its network, of which one person has as many as they like. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const last = tail ? tail.split(':') : []
  const all =
    tail === undefined ? groups : [...groups, ...Array(8 - groups.length - last.length).fill('0'), ...last]
  return `${all.slice(0, 4).join(':')}::/64`
}

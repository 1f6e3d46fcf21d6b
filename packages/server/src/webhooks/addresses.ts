import { type LookupAddress, lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { StartError } from '../errors.ts'

/** Addresses that are no host of the internet: private, of this machine, of links, reserved, and those that have others in them. */
const privateNetworks = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96',
  '::ffff:0:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/9',
  'ff00::/8',
]
const privateList = listOf(privateNetworks, 'private')

/** Finds the addresses of a host name. */
export type Resolve = typeof lookup

/** Which addresses a webhook may be at: all of the internet, and of the others those that are listed. */
export class AddressRules {
  readonly isEmpty: boolean
  readonly #listed: BlockList

  private constructor(networks: readonly string[], place: string) {
    this.isEmpty = networks.length === 0
    this.#listed = listOf(networks, place)
  }

  /** @throws StartError where something is no address or network */
  static of(networks: readonly string[] = [], place = ''): AddressRules {
    return new AddressRules(networks, place)
  }

  /** Why the host of a URL may not be reached; undefined if it may, or is a name, of which only its addresses tell. */
  problemOfHost({ hostname, protocol }: URL): string | undefined {
    const address = hostname.replace(/^\[|\]$/g, '')
    return isIP(address) === 0 ? undefined : this.problemOf(address, protocol)
  }

  /** Why an address may not be reached; undefined if it may. */
  problemOf(found: string, protocol: string): string | undefined {
    // Without the interface that a link's address names.
    const [address = ''] = found.split('%')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (isIP(address) === 0) return 'it has no address'
    if (this.#listed.check(address, family)) return undefined
    if (isPrivate(address, family)) return `${address} is a private address`
    return protocol === 'http:' ? `${address} would be reached without TLS` : undefined
  }

  /** Looks names up for a connection, which then goes to what was found: no later look-up can lead it elsewhere. */
  lookup(protocol: string, resolve: Resolve = lookup): LookupFunction {
    return (hostname, options, callback) => {
      const take = (error: Error | null, found: readonly LookupAddress[]): void => {
        const allowed = error
          ? []
          : found.filter(({ address }) => this.problemOf(address, protocol) === undefined)
        const [first] = allowed
        if (error || !first) callback(error ?? this.#refusal(hostname, found, protocol), [])
        else if (options.all) callback(null, allowed)
        else callback(null, first.address, first.family)
      }
      resolve(hostname, { ...options, all: true }, take)
    }
  }

  #refusal(hostname: string, [found]: readonly LookupAddress[], protocol: string): Error {
    return new RefusedAddressError(`${hostname}: ${this.problemOf(found?.address ?? '', protocol)}`)
  }
}

/** A host has no address that may be reached. */
export class RefusedAddressError extends Error {
  override readonly name = 'RefusedAddressError'
}

function isPrivate(address: string, family: 'ipv4' | 'ipv6'): boolean {
  return privateList.check(address, family)
}

function listOf(networks: readonly string[], place: string): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const version = isIP(address)
    const most = version === 6 ? 128 : 32
    const length = bits === undefined ? most : Number(bits)
    if (version === 0 || !(Number.isInteger(length) && length >= 0 && length <= most))
      throw new StartError(
        `${place}: expected addresses and networks such as 10.0.3.7 or fd00::/8, got ${network}`,
      )
    list.addSubnet(address, length, version === 6 ? 'ipv6' : 'ipv4')
  }
  return list
}

import { describe, expect, it } from 'vitest'
import { StartError } from '../errors.ts'
import { addressThrough, networkOf, type TrustedProxies } from './address.ts'

function read(
  proxies: TrustedProxies | undefined,
  remoteAddress: string | undefined,
  forwardedFor?: string,
): string {
  return addressThrough(proxies)({ remoteAddress, forwardedFor })
}

describe('the address of a client', () => {
  it('[OR5] is that of the connection, whatever its headers say, without trusted proxies', () => {
    expect(read(undefined, '203.0.113.9', '198.51.100.1')).toBe('203.0.113.9')
    expect(read([], '203.0.113.9', '198.51.100.1, 10.0.0.1')).toBe('203.0.113.9')
    expect(read(0, '203.0.113.9', '198.51.100.1')).toBe('203.0.113.9')
    expect(read(['10.0.0.0/8'], '203.0.113.9', '10.0.0.1')).toBe('203.0.113.9')
  })

  it.each<[string, TrustedProxies, string, string]>([
    ['the last that a trusted proxy saw', ['10.0.0.1'], '6.6.6.6, 198.51.100.1', '198.51.100.1'],
    ['behind several trusted proxies', ['10.0.0.0/8'], '6.6.6.6, 198.51.100.1, 10.9.9.9', '198.51.100.1'],
    ['the first proxy that is not trusted', ['10.0.0.1'], '198.51.100.1, 10.9.9.9', '10.9.9.9'],
    ['counted from the end', 2, '6.6.6.6, 198.51.100.1, 10.9.9.9', '198.51.100.1'],
    ['counted, and no further than there are hops', 5, '198.51.100.1', '198.51.100.1'],
    ['without a port', ['10.0.0.1'], '198.51.100.1:4711', '198.51.100.1'],
    ['without brackets', ['10.0.0.1'], '[2001:DB8::0:1]:4711', '2001:db8::1'],
    ['the proxy, where it says none', ['10.0.0.1'], '', '10.0.0.1'],
    ['the proxy, where it says nonsense', ['10.0.0.1'], '198.51.100.1, unknown', '10.0.0.1'],
  ])('[OR5] is %s', (_what, proxies, forwardedFor, address) => {
    expect(read(proxies, '10.0.0.1', forwardedFor)).toBe(address)
    expect(read(proxies, '::ffff:10.0.0.1', forwardedFor)).toBe(address)
  })

  it('[OR5] is that of a proxy with an address of IPv6', () => {
    expect(read(['fd00::/8'], 'fd12::1', '198.51.100.1')).toBe('198.51.100.1')
    expect(read(['fd00::/8'], 'fe80::1', '198.51.100.1')).toBe('fe80::1')
  })

  it('[OR5] is empty where a connection has none, as on a Unix socket, and the first proxy counts', () => {
    expect(read(undefined, undefined)).toBe('')
    expect(read(1, undefined, '198.51.100.1')).toBe('198.51.100.1')
  })

  it.each<[TrustedProxies]>([
    [['proxy.example']],
    [['10.0.0.0/33']],
    [['10.0.0.0/8/8']],
    [['10.0.0.0/x']],
    [['']],
    [-1],
    [1.5],
  ])('[OR5] needs addresses, networks or a number: %j', (proxies) =>
    expect(() => addressThrough(proxies)).toThrow(StartError),
  )
})

it.each([
  ['198.51.100.1', '198.51.100.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['1:2:3::', '1:2:3:0::/64'],
  ['', ''],
])('[HS3] counts %s as of %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

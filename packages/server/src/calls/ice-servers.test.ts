import { createHmac } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { StartError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { openChat } from '../testing/connect.ts'
import { givingIceServers, type IceOptions, iceServersFor } from './ice-servers.ts'

const secret = 'canary-of-the-turn-server'
const stun = ['stun:turn.example:3478']
const urls = ['turn:turn.example:3478?transport=udp', 'turns:turn.example:5349']
const turn = { urls, secret }
const noon = Date.parse('2026-01-01T12:00:00.000Z')

/** The credential as coturn computes it. */
function credentialOf(username: string): string {
  return createHmac('sha1', secret).update(username).digest('base64')
}

/** The message with which options are refused; it never shows a secret. */
function refusal(options: unknown): string {
  try {
    givingIceServers(options as IceOptions)
  } catch (error) {
    expect(error).toBeInstanceOf(StartError)
    const { message } = error as StartError
    expect(message).not.toContain(secret)
    return message
  }
  throw new Error(`${JSON.stringify(options)} was not refused`)
}

describe('the servers for a user', () => {
  it('[CA24] have credentials as coturn computes them', () => {
    const username = '1767269400:ann'
    const credential = 'lkdGNST2LtUSePiJn717Ha/OSKY='
    expect(credentialOf(username)).toBe(credential)
    expect(iceServersFor({ stun, turn }, 'ann', noon)).toEqual({
      ice_servers: [{ urls: stun }, { urls, username, credential }],
      expires_at: '2026-01-01T12:10:00.000Z',
    })
  })

  it('[CA24] are the same for whoever asks again within a minute, and of one user alone', () => {
    const first = iceServersFor({ turn }, 'ann', noon + 1)
    expect(first.expires_at).toBe('2026-01-01T12:11:00.000Z')
    expect(iceServersFor({ turn }, 'ann', noon + 60_000)).toEqual(first)
    expect(iceServersFor({ turn }, 'ann', noon + 60_001)).not.toEqual(first)
    expect(iceServersFor({ turn }, 'bob', noon + 1)).not.toEqual(first)
  })

  it('[CA24] last as long as the option says, at least', () => {
    const { expires_at } = iceServersFor({ turn: { ...turn, ttlMs: 90_000 } }, 'ann', noon)
    expect(expires_at).toBe('2026-01-01T12:02:00.000Z')
  })

  it('[CA24] do not expire without TURN, and there may be none', () => {
    expect(iceServersFor({ stun }, 'ann', noon)).toEqual({ ice_servers: [{ urls: stun }], expires_at: null })
    expect(iceServersFor({}, 'ann', noon)).toEqual({ ice_servers: [], expires_at: null })
  })
})

describe('the options', () => {
  it.each([
    [{ stun: ['turn.example:3478'] }, /^iceServers\.stun: entry 1 is not stun:/],
    [{ stun: ['turn:turn.example'] }, /^iceServers\.stun: entry 1 is not stun:/],
    [{ stun: [...stun, 'stun://turn.example'] }, /^iceServers\.stun: entry 2 is not stun:/],
    [{ stun: ['stun:turn.example:0'] }, /^iceServers\.stun: entry 1 is not stun:/],
    [{ stun: ['stun:[2001:db8::1]:65536'] }, /^iceServers\.stun: entry 1 is not stun:/],
    [{ turn: { ...turn, urls: ['turn:turn.example:99999?transport=udp'] } }, /^iceServers\.turn\.urls: /],
    [{ turn: { ...turn, urls: [] } }, /^iceServers\.turn\.urls: expected at least one turn:/],
    [{ turn: { ...turn, urls: ['https://turn.example'] } }, /^iceServers\.turn\.urls: entry 1 is not turn:/],
    [{ turn: { ...turn, urls: [secret] } }, /^iceServers\.turn\.urls: entry 1 is not turn:/],
    [{ turn: { ...turn, urls: ['turn:turn.example?transport=sctp'] } }, /^iceServers\.turn\.urls: /],
    [{ turn: { secret } }, /^iceServers\.turn\.urls: expected a list of turn:/],
    [{ turn: { urls, secret: '' } }, /^iceServers\.turn\.secret: expected the static-auth-secret/],
    [{ turn: { urls } }, /^iceServers\.turn\.secret: expected the static-auth-secret/],
    [{ turn: { ...turn, ttlMs: 59_999 } }, /^iceServers\.turn\.ttlMs: expected 60000 /],
    [{ turn: { ...turn, ttlMs: 86_400_001 } }, /^iceServers\.turn\.ttlMs: expected 60000 /],
    [{ turn: { ...turn, ttlMs: Number.NaN } }, /^iceServers\.turn\.ttlMs: expected 60000 /],
  ])('[CA24] are refused at the start where they are wrong: %j', (options, text) => {
    expect(refusal(options)).toMatch(text)
  })

  it('[CA24] may have addresses of every kind', () => {
    const all = ['turn:10.0.0.1', 'turn:[2001:db8::1]:3478', 'turns:turn.example:65535?transport=tcp']
    expect(() =>
      givingIceServers({ stun: ['stuns:turn.example'], turn: { urls: all, secret } }),
    ).not.toThrow()
    for (const ttlMs of [60_000, 86_400_000])
      expect(() => givingIceServers({ turn: { ...turn, ttlMs } })).not.toThrow()
  })
})

describe('get_ice_servers', () => {
  it('[CA24] answers them, and the log shows neither secret nor credential', async () => {
    const lines: unknown[] = []
    const note = (...line: unknown[]) => void lines.push(line)
    const logger: Logger = { debug: note, info: note, warn: note, error: note }
    const chat = await openChat(onTestFinished, { logger, iceServers: { stun, turn } })
    const ann = await chat.connect('ann')
    const { ice_servers, expires_at } = await ann.request('get_ice_servers', {})
    const username = `${Date.parse(expires_at ?? '') / 1_000}:ann`
    const credential = credentialOf(username)
    expect(ice_servers).toEqual([{ urls: stun }, { urls, username, credential }])
    const log = JSON.stringify(lines)
    expect(log).toContain('get_ice_servers')
    for (const hidden of [secret, credential]) expect(log).not.toContain(hidden)
  })

  it('[CA24] answers none on a server that has none', async () => {
    const chat = await openChat(onTestFinished)
    const ann = await chat.connect('ann')
    expect(await ann.request('get_ice_servers', {})).toEqual({ ice_servers: [], expires_at: null })
  })
})

import { describe, expect, it } from 'vitest'
import { StartError } from '../errors.ts'
import { readConfig } from './config.ts'
import { readIce } from './ice-config.ts'

const secret = 'canary-of-the-turn-server'
const turn = { TURN_URLS: 'turn:turn.example:3478', TURN_SECRET: secret }

/** The message with which variables are refused; it never shows a secret. */
function refusal(variables: Parameters<typeof readIce>[0]): string {
  try {
    readIce(variables)
  } catch (error) {
    expect(error).toBeInstanceOf(StartError)
    const { message } = error as StartError
    expect(message).not.toContain(secret)
    return message
  }
  throw new Error(`${JSON.stringify(variables)} was not refused`)
}

describe('STUN_URLS, TURN_URLS and TURN_SECRET', () => {
  it('[CA24] are lists of addresses, and the secret of the TURN server', () => {
    expect(readIce({})).toBeUndefined()
    expect(readIce({ STUN_URLS: 'stun:a.example, stuns:b.example:5349,' })).toEqual({
      stun: ['stun:a.example', 'stuns:b.example:5349'],
    })
    const both = {
      ...turn,
      STUN_URLS: 'stun:a.example',
      TURN_URLS: 'turn:a.example?transport=tcp,turns:[::1]:1',
    }
    expect(readIce(both)).toEqual({
      stun: ['stun:a.example'],
      turn: { urls: ['turn:a.example?transport=tcp', 'turns:[::1]:1'], secret },
    })
    const { iceServers } = readConfig({ ...turn, STUN_URLS: '' }, { isDemo: true })
    expect(iceServers).toEqual({ turn: { urls: ['turn:turn.example:3478'], secret } })
  })

  it('[CA24] are refused one without the other, and where an address is none', () => {
    expect(refusal({ TURN_SECRET: secret })).toMatch(/^TURN_URLS: .* set TURN_URLS too$/)
    expect(refusal({ TURN_URLS: 'turn:a.example' })).toMatch(/^TURN_SECRET: .* beside TURN_URLS$/)
    expect(refusal({ STUN_URLS: 'stun:a.example,a.example:3478' })).toMatch(
      /^STUN_URLS: entry 2 is not stun:/,
    )
    expect(refusal({ ...turn, TURN_URLS: 'stun:a.example' })).toMatch(/^TURN_URLS: entry 1 is not turn:/)
    expect(refusal({ ...turn, TURN_URLS: ' , ' })).toMatch(/^TURN_URLS: expected at least one turn:/)
    // The two mixed up.
    expect(refusal({ TURN_URLS: secret, TURN_SECRET: 'turn:a.example' })).toMatch(/^TURN_URLS: /)
  })
})

import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { callTo, ended, openPhones, ring, rings } from '../../../tests/support/phones.ts'
import { embeddedStore } from '../../stores/embedded/index.ts'
import { openChat } from '../../testing/connect.ts'

const other = { workspace_id: 'other', api_key: 'other-key' }

describe('who is called', () => {
  it('[CA11] rings a socket by its id, and no other device of its user', async () => {
    const { chat, ann, bob } = await openPhones('ann', 'bob')
    const phone = await chat.connect('bob')
    const callId = await ring(ann, bob.id)
    expect(await bob.heard(1)).toEqual([rings(callId, 'ann')])
    expect(await phone.heard()).toEqual([])
  })

  it('[CA11] rings every device of a user', async () => {
    const { chat, ann, bob } = await openPhones('ann', 'bob')
    const devices = [bob, await chat.connect('bob'), await chat.connect('bob')]
    const callId = await ring(ann, 'bob')
    for (const device of devices) expect(await device.heard(1)).toEqual([rings(callId, 'ann')])
    expect(await ann.heard()).toEqual([])
  })

  it('[CA11] rings the sockets in a room, without the one that calls', async () => {
    const { chat, bob, carl, dora } = await openPhones('bob', 'carl', 'dora')
    const ann = await chat.connect('ann', { role: 'agent' })
    for (const socket of [ann, bob, carl]) await socket.request('join', { room: 'desk' })
    const callId = await ring(ann, 'desk')
    for (const socket of [bob, carl]) expect(await socket.heard(1)).toEqual([rings(callId, 'ann')])
    for (const socket of [ann, dora]) expect(await socket.heard()).toEqual([])
  })

  it('[CA11] takes an address for a socket first, then for a user, then for a room', async () => {
    const { chat, ann, bob, carl, eve } = await openPhones('ann', 'bob', 'carl', 'eve')
    const namedLikeASocket = await chat.connect(bob.id)
    for (const room of [bob.id, 'bob']) await eve.request('join', { room })

    const toSocket = await ring(ann, bob.id)
    const toUser = await ring(carl, 'bob')

    expect(await bob.heard(2)).toEqual([rings(toSocket, 'ann'), rings(toUser, 'carl')])
    expect(await namedLikeASocket.heard()).toEqual([])
    expect(await eve.heard()).toEqual([])
  })

  it('[CA11] tells foreign, missing and offline callees alike', async () => {
    const { chat, ann, gone } = await openPhones('ann', 'gone')
    const stranger = await chat.connect('stranger', other)
    await stranger.request('join', { room: 'their-room' })
    const gonesId = gone.id
    gone.socket.disconnect()
    await gone.closed()
    await ann.settle()

    const shown = new Set<string>()
    for (const userToCall of [
      stranger.id,
      'stranger',
      'their-room',
      'nobody',
      gonesId,
      'gone',
      'undefined',
      'null',
    ]) {
      const failed = await ann.ask('callUser', callTo(userToCall))
      expect(failed).toMatchObject({ error: { code: 'not_found' } })
      shown.add(JSON.stringify(failed).replaceAll(userToCall, '<id>'))
    }
    expect(shown.size).toBe(1)
    expect(await stranger.heard()).toEqual([])
  })

  it.each([[null], [''], [undefined], [[]], [{}], [7], [true]])(
    '[CA11] rings nobody for %j',
    async (userToCall) => {
      const { chat, ann, bob } = await openPhones('ann', 'bob')
      const page = await chat.connectV2()
      for (const room of ['null', 'undefined', '7', 'true']) await bob.request('join', { room })
      expect(await ann.refusal('callUser', callTo(userToCall))).toBe('invalid_payload')
      expect(await bob.heard()).toEqual([])
      expect(await page.heard()).toEqual([])
    },
  )

  it('[CA11] does not let anybody call oneself', async () => {
    const { chat, ann } = await openPhones('ann')
    const phone = await chat.connect('ann')
    await ann.request('join', { room: 'alone' })
    const call = (userToCall: string) => ann.refusal('callUser', callTo(userToCall))
    expect([await call('ann'), await call(ann.id)]).toEqual(['invalid_payload', 'invalid_payload'])
    expect(await call('alone')).toBe('not_found')
    for (const socket of [ann, phone]) expect(await socket.heard()).toEqual([])
  })
})

describe('a call with a cid', () => {
  it('[CT4] rings once, however often it is asked for', async () => {
    const { ann, bob } = await openPhones('ann', 'bob')
    const call = callTo('bob')
    const answers = await Promise.all([1, 2, 3].map(() => ann.request('callUser', call)))
    const { callId } = await ann.request('callUser', call)
    expect(answers).toEqual([{ callId }, { callId }, { callId }])
    expect(await bob.heard(1)).toEqual([rings(callId, 'ann')])
    expect(await ann.refusal('callUser', { ...call, signalData: 'another' })).toBe('conflict')
    expect(await bob.heard()).toEqual([])
  })

  it('[CT4] rings once for two sockets of one user', async () => {
    const { chat, ann, bob } = await openPhones('ann', 'bob')
    const phone = await chat.connect('ann')
    const call = callTo('bob')
    const first = await ann.request('callUser', call)
    expect(await phone.request('callUser', call)).toEqual(first)
    expect(await bob.heard(1)).toEqual([rings(first.callId, 'ann')])
  })

  it('[CT4] is answered alike when it is repeated after the callee has gone', async () => {
    const { ann, bob } = await openPhones('ann', 'bob')
    const call = callTo('bob')
    const first = await ann.request('callUser', call)
    bob.socket.disconnect()
    expect(await ann.heard(1)).toEqual([ended(first.callId, 'lost')])
    expect(await ann.ask('callUser', call)).toMatchObject({ status: 'success', data: first })
  })
})

describe('what a callee is shown', () => {
  it('[CA12] names the caller by its session', async () => {
    const { chat, bob } = await openPhones('bob')
    const ann = await chat.connect('u1', { name: 'Ann' })
    const claims = { from: 'bob', name: 'Bob' }
    const { callId } = await ann.request('callUser', { ...callTo('bob'), ...claims })
    expect(await bob.heard(1)).toEqual([rings(callId, 'u1', 'Ann')])
  })

  it('[CA12] keeps `from` where it is an address of the caller', async () => {
    const { ann, bob } = await openPhones('ann', 'bob')
    await ann.request('join', { room: 'desk' })
    await bob.request('join', { room: 'not-anns' })
    const shown: [string, string][] = [
      [ann.id, ann.id],
      ['ann', 'ann'],
      ['desk', 'desk'],
      ['not-anns', 'ann'],
      [bob.id, 'ann'],
      ['bob', 'ann'],
      ['nobody', 'ann'],
    ]
    for (const [from, expected] of shown) {
      const { callId } = await ann.request('callUser', { ...callTo(bob.id), from })
      expect(await bob.heard(1)).toEqual([rings(callId, expected)])
      // One rings at a time.
      await ann.request('endCall', { callId })
      await bob.heard(1)
    }
  })

  it.each([
    ['a text', 'sdp'],
    ['nested', { a: [{ b: [null, 1, 'x'] }], toJSON: 2, length: 1e9 }],
    [
      'keys of prototypes',
      JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"x":1}},"then":1}') as object,
    ],
    ['60 KiB', 'x'.repeat(61_438)],
  ])('[CA13] passes on a signal as it came: %s', async (_kind, signalData) => {
    const { ann, bob } = await openPhones('ann', 'bob')
    const { callId } = await ann.request('callUser', { userToCall: 'bob', signalData, cid: randomUUID() })
    const [frame] = await bob.heard(1)
    expect(JSON.stringify(frame)).toBe(
      JSON.stringify([
        'callUser',
        {
          callId,
          signal: signalData,
          from: 'ann',
          name: null,
          user_id: 'ann',
          media: 'video',
          ticket_id: null,
        },
      ]),
    )
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined()
  })

  it('[CA13] counts the signals after the offer, and finds none of them in what the server keeps or logs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dowellchat-signals-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const lines: string[] = []
    const log = (fields: object, text: string) => void lines.push(JSON.stringify([text, fields]))
    const logger = { info: log, warn: log, error: log, debug: log }
    const chat = await openChat(onTestFinished, { store: await embeddedStore({ path: folder }), logger })
    const [ann, bob, page] = [await chat.connect('ann'), await chat.connect('bob'), await chat.connectV2()]
    const canary = (name: string) => ({ sdp: `canary-signal-${name}` })
    await ann.request('message_event', { room_id: 'r', message_data: 'canary-text', cid: randomUUID() })

    const call = { ...callTo('bob'), signalData: canary('offer') }
    const { callId } = await ann.request('callUser', call)
    expect(await ann.refusal('callUser', { ...call, signalData: canary('another') })).toBe('conflict')
    await ann.request('signalCall', { callId, nth: 1, signal: canary('early') })
    await bob.request('answerCall', { callId, signal: canary('answer') })
    await bob.request('signalCall', { callId, nth: 1, signal: canary('late') })
    expect(await ann.refusal('signalCall', { callId: 'unknown', nth: 2, signal: canary('lost') })).toBe(
      'not_found',
    )
    await page.ask('callUser', { userToCall: 'bob', signalData: canary('of-a-page') })

    expect(await ann.heard(2)).toEqual([
      ['callSignal', { callId, seq: 1, signal: canary('answer'), kind: 'answer' }],
      ['callSignal', { callId, seq: 3, signal: canary('late'), kind: 'signal' }],
    ])
    await chat.close()
    const kept = readdirSync(folder).map((name) => readFileSync(join(folder, name)))
    expect(kept.some((bytes) => bytes.includes('canary-text'))).toBe(true)
    expect(kept.filter((bytes) => bytes.includes('canary-signal'))).toEqual([])
    expect(lines.filter((line) => line.includes(callId)).length).toBeGreaterThan(0)
    expect(lines.filter((line) => line.includes('canary'))).toEqual([])
  })
})

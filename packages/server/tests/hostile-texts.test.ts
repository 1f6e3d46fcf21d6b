import { randomUUID } from 'node:crypto'
import { limits } from '@dowellchat/protocol'
import { describe, expect, it } from 'vitest'
import { messagesIn } from '../src/testing/connect.ts'
import { expectUnharmed, openScene } from './support/hostile-scene.ts'
import { requestNames, schemaOf, validPayload } from './support/wrong-payloads.ts'

/** Each takes a regular expression that goes back over what it has read longer than anybody waits. */
const knots = [
  `${'a'.repeat(30_000)}!`,
  '@'.repeat(30_000),
  '('.repeat(15_000),
  `${'a@'.repeat(10_000)}b`,
  `http://${'a.'.repeat(10_000)}/`,
  `${' '.repeat(30_000)}x`,
  `${'-'.repeat(30_000)}\u0000`,
  '\u0301'.repeat(10_000),
]

describe('a text that takes long to look at', () => {
  it('[HO4] is answered as any other is, in every field of every request', async () => {
    const here = await openScene()
    for (const name of requestNames) {
      const fields = Object.keys(schemaOf(name).properties ?? {})
      const asked = fields.flatMap((field) =>
        knots.map((knot) => here.eve.ask(name, { ...validPayload(name), [field]: knot })),
      )
      // An expression that goes back would take years: that all are answered in time is the proof.
      expect([name, await Promise.all(asked)]).toEqual([name, expect.any(Array)])
    }
    expect(here.crashes).toEqual([])
    expect(here.log.filter((line) => /failed|schema/.test(line))).toEqual([])
    const topics = await here.bystanders[0]?.request('get_all_topics', {})
    expect(topics).toContainEqual(expect.objectContaining({ name: 'sales' }))
  })
})

describe('a text of the longest kind', () => {
  const filled = (piece: string) => piece.repeat(limits.text_length / [...piece].length)

  it.each([
    ['one character with all the marks', `e${'\u0301'.repeat(limits.text_length - 1)}`],
    ['one family after the other', filled('👨‍👩‍👧‍👦\u200d')],
    ['mentions', filled('@ann '.padEnd(8))],
    ['addresses', filled('https://chat.example/?q=1 '.padEnd(32))],
    ['tags', filled('<b onclick=x>\n'.padEnd(16))],
  ])('[HO4] comes back as it was, and another room hears nothing of it: %s', async (_, message_data) => {
    const here = await openScene()
    await here.eve.request('join', { room: 'eve alone' })
    await here.eve.request('message_event', { room_id: 'eve alone', message_data, cid: randomUUID() })
    const [message] = messagesIn(await here.eve.heard(1))
    expect(message?.message_data === message_data).toBe(true)
    await expectUnharmed(here)
  })
})

import { expect, it, onTestFinished, vi } from 'vitest'
import { inLobby, openBot, overWire } from '../../tests/support/bots.ts'
import { openChat } from '../testing/connect.ts'
import { DraftWriter } from './draft-writer.ts'
import type { Wire } from './wire.ts'

it('[PG33] takes a draft back whose message is refused', async () => {
  const chat = await openChat(onTestFinished, {
    beforeMessage: ({ message_data }) =>
      message_data.includes('secret') ? { refuse: 'No secrets' } : undefined,
  })
  const { bot } = openBot(chat)
  await bot.start()
  const ann = await inLobby(chat, 'ann')
  for (const [text, code] of [
    ['A secret', 'forbidden'],
    ['x'.repeat(16_001), 'invalid_payload'],
  ] as const) {
    const draft = bot.conversation('room:lobby').draft()
    draft.write(text)
    await ann.first('message_draft', ({ cid }) => cid === draft.cid)
    await expect(draft.end()).rejects.toMatchObject({ code })
    await vi.waitFor(
      async () => expect((await ann.request('get_drafts', { stream: 'room:lobby' })).drafts).toEqual([]),
      20_000,
    )
    await ann.first('message_draft', ({ cid, is_over }) => cid === draft.cid && is_over)
  }
})

it('[PG33] shows at once that a draft got shorter', async () => {
  const chat = await openChat(onTestFinished)
  const { bot } = openBot(chat)
  await bot.start()
  const ann = await inLobby(chat, 'ann')
  const draft = bot.conversation('room:lobby').draft()
  // Sooner than all of it is said again, which is after ten seconds.
  const shown = async (expected: string) =>
    vi.waitFor(async () => {
      const { drafts } = await ann.request('get_drafts', { stream: 'room:lobby' })
      expect(drafts.map(({ text }) => text)).toEqual([expected])
    }, 5_000)
  draft.write('One, two')
  await shown('One, two')
  draft.replace('One')
  await shown('One')
  draft.replace('')
  await shown('')
  draft.write('Two')
  await shown('Two')
  expect(await draft.end()).toMatchObject({ message_data: 'Two' })
})

it('[PG33] shows after a cut that a draft got shorter meanwhile', async () => {
  const chat = await openChat(onTestFinished)
  const wire = await overWire(chat)
  const { bot } = openBot(wire)
  await bot.start()
  const ann = await inLobby(chat, 'ann')
  const draft = bot.conversation('room:lobby').draft()
  draft.write('One')
  await ann.first('message_draft', ({ text }) => text === 'One')
  await wire.cut(() => draft.replace(''))
  // The server still has what was written before.
  await expect
    .poll(async () => {
      const { drafts } = await ann.request('get_drafts', { stream: 'room:lobby' })
      return drafts.map(({ text }) => text)
    })
    .toEqual([''])
})

it('[PG33] says at once that a message is refused, though nobody answers that its draft is over', async () => {
  const asked: unknown[] = []
  const silent: Pick<Wire, 'ask' | 'isUp'> = {
    isUp: true,
    ask(name) {
      asked.push(name)
      return new Promise(() => {})
    },
  }
  const draft = new DraftWriter({
    ...{ wire: silent as Wire, stream: 'room:lobby', cid: undefined, onEnd() {} },
    send: () => Promise.reject(new TypeError('No secrets')),
  })
  draft.write('A secret')
  await expect(draft.end()).rejects.toThrow('No secrets')
  expect(asked).toEqual(['draft_message', 'end_draft'])
})

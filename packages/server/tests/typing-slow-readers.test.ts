import { randomUUID } from 'node:crypto'
import { expect, it, vi } from 'vitest'
import { goDeaf, pushesOf, talk } from './support/deaf.ts'
import { connectRaw } from './support/raw-socket.ts'
import { openWatched } from './support/watched-io.ts'

it('[PR2, PG8] tells a connection that has not read what it was sent nothing of who types or drafts', async () => {
  const { chat, watched } = await openWatched()
  const [writer, reader] = [await chat.connect('writer'), await chat.connect('reader')]
  for (const one of [writer, reader]) await one.request('join', { room: 'busy' })
  const raw = await connectRaw(chat.url, 'deaf')
  await goDeaf(raw, 'busy')
  await talk(writer, 'busy', () => watched.isLagging('deaf', 'busy'))
  const stream = 'room:busy'
  const heard = () => reader.frames.filter(([event]) => event === 'typing').length
  for (let n = 1; n <= 4; n++) {
    await writer.request('typing', { stream, is_typing: n % 2 === 1 })
    await vi.waitFor(() => expect(heard()).toBe(n), 10_000)
  }
  const program = await chat.connect('program', { role: 'agent' })
  await program.request('draft_message', { stream, cid: randomUUID(), from: 0, text: 'Well' })
  await reader.first('message_draft')
  raw.resume()
  // What it reads again comes after everything that waited for it.
  await raw.first('42["heads",')
  for (const push of ['typing', 'message_draft'] as const) expect(pushesOf(raw, push)).toEqual([])
})

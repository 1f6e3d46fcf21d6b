import { expect, it } from 'vitest'
import type { ChatStorage } from '../connection/guest-tokens.ts'
import { createKeptBox, type KeptMessage, readBox } from './kept-box.ts'

const messageOf = (cid: string): KeptMessage => ({
  ...{ cid, stream: 'room:r', message_data: cid, reply_to: null, created_at: '2026-01-01T00:00:00.000Z' },
})
const upTo = (count: number) => Array.from({ length: count }, (_, n) => `${n}`)

/** A storage that says when a key is being written, and finishes when the test lets it. */
function slowStorage(slowKey: string) {
  const rows = new Map<string, string>()
  let reach = (): void => {}
  let go = (): void => {}
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  const allowed = new Promise<void>((resolve) => {
    go = resolve
  })
  const storage: ChatStorage = {
    get: async (key) => rows.get(key),
    async set(key, value) {
      if (key === slowKey) {
        reach()
        await allowed
      }
      rows.set(key, value)
    },
    remove: async (key) => rows.delete(key),
  }
  return { storage, rows, reached, go }
}

it('[OX6] finds after a crash also what was put while the storage was slow', async () => {
  const { storage, reached, go } = slowStorage('box')
  const box = createKeptBox(storage, 'box', { beforeWrite: async () => false, onWritten() {} })
  box.put(messageOf('first'))
  await reached
  for (const cid of upTo(30)) box.put(messageOf(cid))
  go()
  await box.written()
  expect(box.isComplete()).toBe(true)
  expect((await readBox(storage, 'box')).map(({ cid }) => cid)).toEqual(['first', ...upTo(30)])
})

it('[OX6] writes under the keys of what is gone, and leaves nothing of it', async () => {
  const { storage, rows, go } = slowStorage('box')
  go()
  const box = createKeptBox(storage, 'box', { beforeWrite: async () => false, onWritten() {} })
  for (const cid of upTo(50)) box.put(messageOf(cid))
  await box.written()
  // The third chunk goes, and is there again in the same turn; the second one goes in the next.
  for (const cid of upTo(50).slice(40)) box.remove(cid)
  box.put(messageOf('new'))
  await box.written()
  for (const cid of upTo(40).slice(20)) box.remove(cid)
  box.remove('new')
  box.put(messageOf('newer'))
  await box.written()
  expect(box.isComplete()).toBe(true)
  expect((await readBox(storage, 'box')).map(({ cid }) => cid)).toEqual([...upTo(20), 'newer'])
  expect([...rows.keys()].sort()).toEqual(['box', 'box 1', 'box 2'])
})

import { openLink } from '@dowellchat/browser'
import { expect, it, onTestFinished } from 'vitest'
import { openChat, openClient, until } from '../testing/chat.ts'
import { mountHook } from './testing/mount.tsx'
import { useSyncStatus } from './use-sync-status.ts'

/** Whether the browser would ask before the page is left. */
function wouldAsk(): boolean {
  const event = new window.Event('beforeunload', { cancelable: true })
  window.dispatchEvent(event)
  return event.defaultPrevented
}

it('[OX9] says whether everything is sent, and asks before the page is left only while something would be lost', async () => {
  const { server } = await openChat()
  const link = await openLink(server.url)
  const ann = openClient(link.url, 'ann')
  const guarded = mountHook(ann, () => useSyncStatus({ guard: true }))
  await until(ann.connection, ({ status }) => status === 'online')
  await expect.poll(() => guarded.answer).toMatchObject({ status: 'sent', unsent: 0, failed: 0 })
  expect(wouldAsk()).toBe(false)
  link.cut()
  await until(ann.connection, ({ status }) => status === 'offline')
  const sent = ann.rooms.messages('r').send('Hello')
  await expect.poll(() => guarded.answer).toMatchObject({ status: 'waiting', unsent: 1, isKept: false })
  await expect.poll(wouldAsk).toBe(true)
  link.mend()
  await sent
  await expect.poll(() => guarded.answer).toMatchObject({ status: 'sent', unsent: 0 })
  await expect.poll(wouldAsk).toBe(false)
})

it('[OX9] asks nothing without a guard', async () => {
  const ann = openClient('http://127.0.0.1:9', 'ann')
  const plain = mountHook(ann, () => useSyncStatus())
  onTestFinished(() => plain.unmount())
  void ann.rooms.messages('r').send('Hello')
  await expect.poll(() => plain.answer).toMatchObject({ unsent: 1 })
  expect(wouldAsk()).toBe(false)
})

it('[OX9] goes on with a guard where there are no pages to leave, as in React Native', async () => {
  const { addEventListener } = window
  onTestFinished(() => void Object.assign(window, { addEventListener }))
  Object.assign(window, { addEventListener: undefined })
  const ann = openClient('http://127.0.0.1:9', 'ann')
  const guarded = mountHook(ann, () => useSyncStatus({ guard: true }))
  void ann.rooms.messages('r').send('Hello')
  await expect.poll(() => guarded.answer).toMatchObject({ unsent: 1 })
  ann.outbox.discardAll()
  await expect.poll(() => guarded.answer).toMatchObject({ unsent: 0 })
})

import { expect, it, onTestFinished, vi } from 'vitest'
import type { ChatClient } from '../client.ts'
import { createFakeClient, fixtures } from '../fake-client/index.ts'
import { ChatProvider } from './chat-provider.tsx'
import { skip } from './skip.ts'
import { mount, mountHook } from './testing/mount.tsx'
import { useAttachmentUrl } from './use-attachment-url.ts'
import { useAttachments } from './use-attachments.ts'
import { useMessages } from './use-messages.ts'
import { type UseSearch, useSearch } from './use-search.ts'

async function openFake(user_id = 'ann') {
  const fake = createFakeClient({ user_id })
  onTestFinished(() => fake.close())
  await fake.ready()
  return {
    fake,
    asked: () => fake.requests.flatMap((one) => (one.name === 'search' ? one.payload.text : [])),
  }
}

/** Holds back the wait for more typing: the test says when it is over. */
function holdTyping() {
  const held = new Map<unknown, () => void>()
  const { setTimeout: begin, clearTimeout: end } = globalThis
  vi.stubGlobal('setTimeout', (run: () => void, ms?: number) => {
    if (ms !== 250) return begin(run, ms)
    const timer = {}
    held.set(timer, run)
    return timer
  })
  vi.stubGlobal('clearTimeout', (timer: NodeJS.Timeout) => held.delete(timer) || end(timer))
  onTestFinished(() => void vi.unstubAllGlobals())
  return {
    /** How many waits there are; those that were given up do not count. */
    count: () => held.size,
    stop() {
      for (const run of [...held.values()]) run()
      held.clear()
    },
  }
}

const picture = () => new File(['bytes'], 'a.png', { type: 'image/png' })

it('[UP30] uploads files, sends them, and renders for nothing else', async () => {
  const { fake } = await openFake()
  const page = mountHook(fake, () => [useAttachments(), useMessages('lobby')] as const, { isStrict: true })
  const files = mountHook(fake, () => useAttachments())
  await expect.poll(() => page.answer?.[1].sync).toBe('live')
  await expect.poll(() => page.answer?.[0].canAttach).toBe(true)
  page.answer?.[0].add([picture(), picture()])
  await expect.poll(() => page.answer?.[0].attachments.length).toBe(2)
  await expect.poll(() => page.answer?.[0].isReady).toBe(true)
  const before = files.renders
  const { attachments } = page.answer?.[0] ?? {}
  const sending = page.answer?.[1].send('', { attachments })
  page.answer?.[0].clear()
  await sending
  await expect.poll(() => page.answer?.[1].messages[0]?.delivery).toBe('sent')
  expect(page.answer?.[1].messages[0]?.message.attachments).toHaveLength(2)
  expect(page.answer?.[0].attachments).toEqual([])
  expect(files.renders).toBe(before)
  // Each component has files of its own, which stay the same while nothing changes.
  const { answer } = files
  files.renderAgain()
  await expect.poll(() => files.renders).toBe(before + 1)
  expect(files.answer).toBe(answer)
})

it('[UP31] shows where a file is, and nothing for skip', async () => {
  const { fake } = await openFake()
  const attachment = fixtures.attachment()
  const message = fixtures.message({ attachments: [attachment] })
  fake.receive(message)
  const shown = { of: message as typeof message | typeof skip }
  const page = mountHook(fake, () => useAttachmentUrl(shown.of, attachment), { isStrict: true })
  await expect.poll(() => page.answer?.status).toBe('ready')
  expect(page.answer?.url).toContain(attachment.upload_id)
  shown.of = skip
  page.renderAgain()
  await expect.poll(() => page.answer).toMatchObject({ status: 'skipped', url: null })
  expect(fake.requests.filter(({ name }) => name === 'get_attachment_url')).toHaveLength(1)
})

it('[UP32] searches once somebody has stopped typing, and shows what was found before meanwhile', async () => {
  const { fake, asked } = await openFake()
  for (const message_data of ['Hello Bob', 'Hello Ann', 'Help'])
    fake.receive(fixtures.message({ message_data }))
  const typing = holdTyping()
  const typed = { text: ' ' }
  const page = mountHook(fake, () => useSearch(typed), { isStrict: true })
  const type = async (text: string) => {
    const before = page.renders
    typed.text = text
    page.renderAgain()
    await expect.poll(() => page.renders).toBeGreaterThan(before)
  }
  const excerpts = () => page.answer?.hits.map(({ excerpt }) => excerpt)
  await expect.poll(() => page.answer).toMatchObject({ status: 'skipped', hits: [], indexedUntil: null })
  for (const text of ['h', 'he', 'hel']) await type(text)
  expect(page.answer).toMatchObject({ status: 'loading', hits: [] })
  await expect.poll(typing.count).toBe(1)
  expect(asked()).toEqual([])
  typing.stop()
  await expect.poll(() => page.answer?.status).toBe('ready')
  expect(asked()).toEqual(['hel'])
  expect(excerpts()).toHaveLength(3)

  const release = fake.hold('search')
  await type('hello')
  expect(page.answer).toMatchObject({ status: 'loading', error: null })
  await expect.poll(typing.count).toBe(1)
  typing.stop()
  await expect.poll(asked).toEqual(['hel', 'hello'])
  expect(excerpts()).toHaveLength(3)
  // The answer to the later query comes first; the earlier one changes nothing.
  fake.succeed('search')
  await type('hello b')
  await expect.poll(typing.count).toBe(1)
  typing.stop()
  await expect.poll(() => page.answer?.status).toBe('ready')
  expect(excerpts()).toEqual(['Hello Bob'])
  release()
  await fake.request.get_all_topics({})
  expect(excerpts()).toEqual(['Hello Bob'])

  await type('')
  expect(page.answer).toMatchObject({ status: 'skipped', hits: [] })
  await type('x')
  expect(page.answer?.hits).toEqual([])
  await expect.poll(typing.count).toBe(1)
  typing.stop()
  await expect.poll(() => page.answer).toMatchObject({ status: 'ready', hits: [] })
})

it('[UP32] shows the next user nothing of what the last one has found', async () => {
  const [{ fake: ann }, { fake: bob }] = [await openFake(), await openFake('bob')]
  ann.receive(fixtures.message({ message_data: 'Hello Ann' }))
  const shown: UseSearch[] = []
  function Found(): null {
    shown.push(useSearch({ text: 'hello' }))
    return null
  }
  const pageOf = (client: ChatClient) => (
    <ChatProvider client={client}>
      <Found />
    </ChatProvider>
  )
  const page = mount(pageOf(ann))
  await expect.poll(() => shown.at(-1)?.hits.length).toBe(1)
  bob.hold('search')
  const before = shown.length
  page.render(pageOf(bob))
  await expect.poll(() => bob.requests.map(({ name }) => name)).toContain('search')
  expect(shown.at(-1)?.status).toBe('loading')
  expect(shown.slice(before).map(({ hits }) => hits.length)).not.toContain(1)
})

it('[UP33] can be set in stories', async () => {
  const { fake } = await openFake()
  const attachment = fixtures.attachment()
  const message = fixtures.message({ attachments: [attachment] })
  fake.attachments.urlOf(message, attachment).set({ status: 'ready', data: 'data:,' })
  fake.search({ text: 'hello' }).set({ status: 'ready', items: [fixtures.searchHit()] })
  fake.attachments.pending().set({ canAttach: true, isReady: false })
  const page = mountHook(
    fake,
    () => [useAttachmentUrl(message, attachment), useSearch({ text: 'hello' }), useAttachments()] as const,
  )
  await expect.poll(() => page.answer?.[0].url).toBe('data:,')
  await expect.poll(() => page.answer?.[1].hits.length).toBe(1)
  expect(page.answer?.[2]).toMatchObject({ canAttach: true, isReady: false })
})

import { useState } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { expect, it, onTestFinished, vi } from 'vitest'
import { authOf, openChat } from '../testing/chat.ts'
import { ChatProvider, useChatClient } from './chat-provider.tsx'
import { ProviderMissingError } from './provider-missing-error.ts'
import { EveryHook } from './testing/every-hook.tsx'
import { mount, mountHook } from './testing/mount.tsx'
import { spyOnSockets } from './testing/spy.ts'
import { useConnection } from './use-connection.ts'
import { useMessages } from './use-messages.ts'
import { useSendMessage } from './use-send-message.ts'

function activeTimers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
}

/** Waits until the part of a room that is loaded after its first messages listens too. */
const untilLaterPart = (listeners: () => object) =>
  expect.poll(listeners).toMatchObject({ block_changed: 1, message_draft: 1, reader_changed: 1 })

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

it('opens one socket and joins a room once in StrictMode', async () => {
  const { client } = await openChat()
  const spy = spyOnSockets()
  const hook = mountHook(client('ann'), () => [useMessages('lobby'), useSendMessage('lobby')] as const, {
    isStrict: true,
  })
  await expect.poll(() => hook.answer?.[0].sync).toBe('live')
  await hook.answer?.[0].send('Hello')
  expect(spy.sockets).toHaveLength(1)
  expect([spy.count('join'), spy.count('leave')]).toEqual([1, 0])
})

it('leaves nothing behind after a hundred mounts', async () => {
  const { client } = await openChat()
  const spy = spyOnSockets()
  const ann = client('ann')
  const first = mountHook(ann, () => useMessages('lobby'))
  await expect.poll(() => first.answer?.sync).toBe('live')
  const [socket] = spy.sockets
  await untilLaterPart(() => spy.listeners(socket))
  const listeners = spy.listeners(socket)
  for (let n = 0; n < 100; n += 1) mountHook(ann, () => useMessages('lobby')).unmount()
  await expect.poll(() => spy.listeners(socket)).toEqual(listeners)
  first.unmount()
  await expect.poll(() => ann.connection.getSnapshot().status).toBe('idle')
  expect([spy.sockets.length, spy.count('join'), socket?.connected]).toEqual([1, 1, false])
  const idle = spy.listeners(socket)
  expect(idle.entries ?? 0).toBe(0)
  // Not by polling, which has timers of its own.
  for (const end = Date.now() + 20_000; activeTimers() > 0 && Date.now() < end; ) await nextTurn()
  expect(activeTimers()).toBe(0)
})

it('subscribes to nothing more for inline options and callbacks', async () => {
  const { server } = await openChat()
  const spy = spyOnSockets()
  const seen = { renders: 0, sync: '' }
  let renderAgain = (): void => {}
  function Room(_inline: { onPress: () => void }): null {
    seen.renders += 1
    seen.sync = useMessages('lobby').sync
    return null
  }
  function Page() {
    const [, set] = useState(0)
    renderAgain = () => set((n) => n + 1)
    return (
      <ChatProvider url={server.url} auth={authOf('ann')}>
        <Room onPress={() => {}} />
      </ChatProvider>
    )
  }
  const page = mount(<Page />)
  await expect.poll(() => seen.sync).toBe('live')
  const [socket] = spy.sockets
  await untilLaterPart(() => spy.listeners(socket))
  const listeners = spy.listeners(socket)
  const before = seen.renders
  for (let n = 0; n < 100; n += 1) {
    renderAgain()
    await expect.poll(() => seen.renders).toBe(before + n + 1)
  }
  expect(spy.listeners(socket)).toEqual(listeners)
  expect([spy.sockets.length, spy.count('join'), spy.count('leave')]).toEqual([1, 1, 0])
  page.unmount()
  await expect.poll(() => socket?.connected).toBe(false)
})

it('makes another client for another identity, and lets the first go', async () => {
  const { server } = await openChat()
  const spy = spyOnSockets()
  const names: (string | undefined)[] = []
  function Me(): null {
    names.push(useConnection().session?.user_id)
    return null
  }
  const page = (user_id: string) => (
    <ChatProvider url={server.url} auth={authOf(user_id)}>
      <Me />
    </ChatProvider>
  )
  const mounted = mount(page('ann'))
  await expect.poll(() => names.at(-1)).toBe('ann')
  mounted.render(page('bob'))
  await expect.poll(() => names.at(-1)).toBe('bob')
  await expect.poll(() => spy.sockets.map(({ connected }) => connected)).toEqual([false, true])
  mounted.unmount()
  await expect.poll(() => spy.sockets.some(({ connected }) => connected)).toBe(false)
})

it('renders every hook on a server and takes over in the browser without a warning', async () => {
  const { client } = await openChat()
  const complaints = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn')]
  onTestFinished(() => {
    for (const spy of complaints) spy.mockRestore()
  })
  const ann = client('ann')
  const page = (
    <ChatProvider client={ann}>
      <EveryHook />
    </ChatProvider>
  )
  const html = renderToString(page)
  expect(html).toContain('loading')
  const container = document.createElement('div')
  container.innerHTML = html
  const root = hydrateRoot(container, page)
  onTestFinished(() => root.unmount())
  await expect.poll(() => container.textContent).toContain('online')
  expect(complaints.flatMap((spy) => spy.mock.calls)).toEqual([])
})

it('throws a typed error outside a provider', () => {
  function Lost(): null {
    useChatClient()
    return null
  }
  expect(() => renderToString(<Lost />)).toThrow(ProviderMissingError)
})

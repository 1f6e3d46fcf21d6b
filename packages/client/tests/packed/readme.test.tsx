import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startServer } from '@dowellchat/server/testing'
import { signUserToken } from '@dowellchat/server/tokens'
import { transform } from 'esbuild'
import type { ComponentType } from 'react'
import { expect, inject, it, onTestFinished, vi } from 'vitest'
import type { ChatClient } from '../../src/client.ts'
import { mount } from '../../src/react/testing/mount.tsx'
import { exampleIn, examplesOf, type readmes } from './readme.ts'

/** A README's example as a JavaScript file of a consumer, for a server of its own. */
async function openExample(language: 'ts' | 'tsx', readme?: keyof typeof readmes): Promise<string> {
  const server = await startServer()
  onTestFinished(() => server.close())
  return writeExample(exampleIn(language, readme), language, { 'http://localhost:4000': server.url })
}

async function writeExample(
  example: string,
  language: 'ts' | 'tsx',
  addresses: Readonly<Record<string, string>>,
): Promise<string> {
  const { code } = await transform(example, { loader: language, jsx: 'automatic' })
  const file = join(inject('react19'), `readme-${randomUUID()}.js`)
  writeFileSync(file, replaceIn(code, addresses))
  return file
}

function replaceIn(text: string, replacements: Readonly<Record<string, string>>): string {
  return Object.entries(replacements).reduce((changed, [from, to]) => changed.replaceAll(from, to), text)
}

/** Runs the README's back end, in which Ann is logged in at one address, and nobody at others; resolves to where it is. */
async function openBackEnd(secret: string): Promise<string> {
  const example = exampleIn('js', 'root', 'Log your users in')
  const login = `async function yourLogin({ url }) {
    if (url !== '/chat-token') throw new Error('Nobody is logged in')
    return { id: 'ann', name: 'Ann' }
  }`
  const listening = ".listen(0, function () { console.log('port', this.address().port) })"
  // Next to the tests, where it can import the server by name.
  const folder = mkdtempSync(fileURLToPath(new URL('./.example-', import.meta.url)))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  const file = join(folder, 'back-end.mjs')
  writeFileSync(file, `${replaceIn(example, { '.listen(3000)': listening })}\n${login}\n`)
  const child = spawn(process.execPath, ['--conditions=@dowellchat/source', '--import', 'tsx', file], {
    env: { ...process.env, TOKEN_SECRET: secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill())
  for await (const chunk of child.stdout) {
    const [, port] = /port (\d+)/.exec(String(chunk)) ?? []
    if (port) return `http://localhost:${port}`
  }
  throw new Error('The back end ended')
}

it('runs the README’s example without React', async () => {
  const child = spawn(process.execPath, [await openExample('ts')], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill())
  let printed = ''
  for await (const chunk of child.stdout) {
    printed += String(chunk)
    if (printed.includes('sent')) break
  }
  expect(printed).toContain("[ [ 'Hello, World!', 'sent' ] ]")
})

/** Presses a key in the box for messages. */
function press(box: HTMLTextAreaElement, init: KeyboardEventInit): void {
  const view = box.ownerDocument.defaultView
  if (view) box.dispatchEvent(new view.KeyboardEvent('keydown', { key: 'Enter', bubbles: true, ...init }))
}

/** Writes as React notices it. */
function write(box: HTMLTextAreaElement, text: string): void {
  const view = box.ownerDocument.defaultView
  if (!view) return
  Object.getOwnPropertyDescriptor(view.HTMLTextAreaElement.prototype, 'value')?.set?.call(box, text)
  box.dispatchEvent(new view.Event('input', { bubbles: true }))
}

it('shows the README’s quick start, whose box leaves Enter to a composition', async () => {
  const { App } = (await import(await openExample('tsx'))) as { App: ComponentType }
  const { container } = mount(<App />)
  await expect.poll(() => container.querySelector('textarea')).not.toBeNull()
  const box = container.querySelector('textarea') as HTMLTextAreaElement
  write(box, 'Hello')
  await expect.poll(() => box.value).toBe('Hello')
  press(box, { isComposing: true })
  press(box, { keyCode: 229 })
  press(box, { shiftKey: true })
  expect(box.value).toBe('Hello')
  press(box, {})
  await expect.poll(() => container.querySelector('li')?.textContent).toBe('You Hello (sent)')
  expect([container.querySelectorAll('li').length, box.value]).toEqual([1, ''])
})

it('shows the example with React of the repository’s README', async () => {
  const { App } = (await import(await openExample('tsx', 'root'))) as { App: ComponentType }
  const { container } = mount(<App />)
  await expect.poll(() => container.querySelector('button')).not.toBeNull()
  container.querySelector('button')?.click()
  await expect.poll(() => container.querySelector('.sent')?.textContent).toBe('You: Hello!')
})

it('lets one be somebody on the demo as the README says', async () => {
  const server = await startServer({ demo: true, tokens: { secrets: ['a secret of the demo, long enough'] } })
  onTestFinished(() => server.close())
  const example = exampleIn('tsx', 'client', 'Be somebody on the demo')
  // As Vite passes it on.
  const addresses = { 'http://localhost:4000': server.url, '/demo/token': `${server.url}/demo/token` }
  const { App } = (await import(await writeExample(example, 'tsx', addresses))) as { App: ComponentType }
  const { container } = mount(<App />)
  await expect.poll(() => container.textContent).toBe('You are Ann, agent')
})

it('logs a user in as the README’s example does', async () => {
  const secret = 'a secret of the team that is long enough'
  const server = await startServer({ tokens: { secrets: [secret] } })
  onTestFinished(() => server.close())
  const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => {
    const user = { user_id: 'ann', workspace_id: 'demo', role: 'admin' } as const
    return new Response(await signUserToken(user, { secret }))
  })
  onTestFinished(() => fetched.mockRestore())
  const { code } = await transform(exampleIn('tsx', 'client', 'Log in'), {
    loader: 'tsx',
    jsx: 'automatic',
  })
  const file = join(inject('react19'), 'log-in.js')
  writeFileSync(file, code.replaceAll('https://chat.example.org', server.url))
  const { App } = (await import(file)) as { App: ComponentType<{ user: { id: string } }> }
  const { container } = mount(<App user={{ id: 'ann' }} />)
  await expect.poll(() => container.textContent).toBe('New topic')
  expect(fetched).toHaveBeenCalledWith('/chat-token')
})

it('logs a user in as the repository’s README does, with its back end and its page', async () => {
  const secret = 'a secret of the tests, which is long enough'
  const [server, backEnd] = await Promise.all([
    startServer({ tokens: { secrets: [secret] }, workspaces: [{ id: 'demo', keys: [] }] }),
    openBackEnd(secret),
  ])
  onTestFinished(() => server.close())
  const example = exampleIn('tsx', 'root', 'Log your users in')
  const addresses = { 'http://localhost:4000': server.url, '/chat-token': `${backEnd}/chat-token` }
  const { App } = (await import(await writeExample(example, 'tsx', addresses))) as {
    App: ComponentType<{ user: { id: string } }>
  }
  const { container } = mount(<App user={{ id: 'ann' }} />)
  await expect.poll(() => container.textContent).toBe('Hello Ann, how can we help?')
})

it('answers 401 where nobody is logged in, and goes on, as the back end of the repository’s README', async () => {
  const backEnd = await openBackEnd('a secret of the tests, which is long enough')
  expect((await fetch(`${backEnd}/somewhere`)).status).toBe(401)
  expect((await fetch(`${backEnd}/chat-token`)).status).toBe(200)
})

/** The first example without React of a guide, for a server of its own or a given one. */
async function openGuide(page: string, given?: Awaited<ReturnType<typeof startServer>>) {
  const server = given ?? (await startServer())
  if (!given) onTestFinished(() => server.close())
  const example = examplesOf(`docs/guides/${page}`).find(({ language }) => language === 'ts')
  const own = { 'http://localhost:4000': server.url }
  return { server, file: await writeExample(example?.code ?? '', 'ts', own) }
}

it('shows the guide’s page in plain JavaScript', async () => {
  const { file } = await openGuide('other-frameworks.md')
  const { client } = (await import(file)) as { client: ChatClient }
  onTestFinished(client.close)
  const [box, form] = [document.querySelector('input'), document.querySelector('form')]
  if (!box || !form) throw new Error('The page has no box to write in')
  box.value = 'Hello'
  form.requestSubmit()
  await expect.poll(() => document.querySelector('li')?.textContent).toBe('You: Hello (sent)')
  expect(box.value).toBe('')
})

/** Runs an example until it ends by itself. */
async function runToEnd(file: string): Promise<void> {
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'ignore', 'inherit'] })
  onTestFinished(() => void child.kill())
  expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(0)
}

it('sets up tickets and their topics as the guides do', async () => {
  const { server, file } = await openGuide('tickets.md')
  await runToEnd(file)
  await runToEnd((await openGuide('topics.md', server)).file)
  const { createChatClient } = await import('../../src/client.ts')
  const client = createChatClient({ url: server.url, auth: server.authFor('zoe', { role: 'agent' }) })
  onTestFinished(client.close)
  client.connect()
  await client.ready()
  const [topics, managers] = [client.topics.list(), client.lineManagers.list()]
  onTestFinished(topics.retain())
  onTestFinished(managers.retain())
  await expect.poll(() => topics.getSnapshot().items.map(({ name }) => name)).toEqual(['billing', 'sales'])
  expect(topics.getSnapshot().items[0]).toMatchObject({
    title: 'Invoices and payments',
    strategy: 'longest_idle',
    targets: { first_answer: 10, solved: 480 },
  })
  await expect.poll(() => managers.getSnapshot().items.map(({ user_id }) => user_id)).toEqual(['meg'])
})

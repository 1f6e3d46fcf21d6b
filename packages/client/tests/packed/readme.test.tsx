import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startServer } from '@dowellchat/server/testing'
import { signUserToken } from '@dowellchat/server/tokens'
import { transform } from 'esbuild'
import type { ComponentType } from 'react'
import { expect, inject, it, onTestFinished, vi } from 'vitest'
import { mount } from '../../src/react/testing/mount.tsx'
import { exampleIn, type readmes } from './readme.ts'

/** A README's example as a JavaScript file of a consumer, for a server of its own. */
async function openExample(language: 'ts' | 'tsx', readme?: keyof typeof readmes): Promise<string> {
  const server = await startServer()
  onTestFinished(() => server.close())
  const { code } = await transform(exampleIn(language, readme), { loader: language, jsx: 'automatic' })
  const file = join(inject('react19'), `${readme}-readme-${language}.js`)
  writeFileSync(file, code.replaceAll('http://localhost:4000', server.url))
  return file
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

it('shows the README’s example with React', async () => {
  const { App } = (await import(await openExample('tsx'))) as { App: ComponentType }
  const { container } = mount(<App />)
  const button = () => container.querySelector('button')
  await expect.poll(() => button()?.disabled).toBe(false)
  button()?.click()
  await expect.poll(() => container.textContent).toBe('Say helloHello, World! (sent)')
})

it('shows the example with React of the repository’s README', async () => {
  const { App } = (await import(await openExample('tsx', 'root'))) as { App: ComponentType }
  const { container } = mount(<App />)
  const sent = () => container.querySelector('.sent')?.textContent
  // Until the room is joined a message fails, and stands there as that.
  await expect
    .poll(() => {
      const input = container.querySelector('input')
      const view = input?.ownerDocument.defaultView
      if (!view || sent()) return sent()
      input.value = 'Hello'
      input.dispatchEvent(new view.KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
      return sent()
    })
    .toBe('Hello')
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
  const { code } = await transform(exampleIn('tsx', 'client', 1), { loader: 'tsx', jsx: 'automatic' })
  const file = join(inject('react19'), 'log-in.js')
  writeFileSync(file, code.replaceAll('https://chat.example.org', server.url))
  const { App } = (await import(file)) as { App: ComponentType<{ user: { id: string } }> }
  const { container } = mount(<App user={{ id: 'ann' }} />)
  await expect.poll(() => container.textContent).toBe('New topic')
  expect(fetched).toHaveBeenCalledWith('/chat-token')
})

import { type Chromium, describeInChromium, patience, serveFiles } from '@dowellchat/browser'
import { startServer } from '@dowellchat/server/testing'
import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { type BuiltPage, bundlers } from './build-page.ts'

const combinations = [
  { name: 'Vite', build: bundlers.vite, react: 'react19' },
  { name: 'esbuild', build: bundlers.esbuild, react: 'react18' },
] as const

async function openPage(chromium: Chromium, { files }: BuiltPage) {
  const [server, pages] = await Promise.all([startServer(), serveFiles(files)])
  onTestFinished(async () => {
    pages.close()
    await server.close()
  })
  return chromium.open(`${pages.url}?server=${encodeURIComponent(server.url)}`)
}

describe.each(combinations)('a page with every hook, built by $name with $react', ({ build, react }) => {
  let built: BuiltPage
  let callFiles: string[]
  beforeAll(async () => {
    built = await build(inject(react))
    callFiles = [...built.files]
      .filter(([, text]) => text.includes('RTCPeerConnection'))
      .map(([path]) => path)
  })

  it('has the code for calls in a file of its own, and no warnings', () => {
    expect(built.warnings).toEqual([])
    expect(callFiles).toEqual([expect.stringContaining('call-engine')])
  })

  describeInChromium('in Chromium', (chromium) => {
    it('sends and hears a message, and loads the code for calls when one begins', async () => {
      const { page, complaints } = await openPage(chromium, built)
      const text = (): Promise<string | null> => page.textContent('#root')
      const loaded = () =>
        page.evaluate(() =>
          performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
        )
      await expect
        .poll(text, patience)
        .toContain('online ready ready ready ready skipped skipped off 0 no call')
      await page.click('button:text("Send")')
      await expect.poll(text, patience).toContain('Hello, World!, sent')
      expect(await loaded()).not.toContain(callFiles[0])

      await page.click('button:text("Call")')
      // No user has that name.
      await expect.poll(text, patience).toContain('ended')
      expect(await loaded()).toContain(callFiles[0])
      expect(complaints).toEqual([])
    })
  })
})

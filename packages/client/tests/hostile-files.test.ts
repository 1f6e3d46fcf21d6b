import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { describeInChromium } from '@dowellchat/browser'
import { expect, it, onTestFinished } from 'vitest'
import { openFileChat } from '../../server/tests/support/files.ts'
import { addressOf, hostileFiles, script, tried } from '../../server/tests/support/hostile-files.ts'

/** A server that counts what has run. It also has a page that lets everything run, on an origin of its own. */
async function openBeacon(): Promise<{ url: string; ran: () => number }> {
  let ran = 0
  const server = createServer((request, response) => {
    if (request.url === '/ran') ran += 1
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('content-type', 'text/html')
    response.end(request.url === '/control' ? `<script>${script('')}</script>` : '<!doctype html>')
  })
  return { url: await listening(server), ran: () => ran }
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

describeInChromium('in a browser', ({ open }) => {
  it('[FI15] nothing of a file runs, on any origin, however a page embeds it', async () => {
    const beacon = await openBeacon()
    const http = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end('<!doctype html>')
    })
    const own = await listening(http)
    const chat = await openFileChat({ http })
    const ann = await chat.connect('ann')
    const urls: string[] = []
    for (const file of Object.values(hostileFiles(beacon.url))) {
      const { upload_id, told } = await tried(chat, ann, file)
      if (told === 'taken') urls.push(await addressOf(chat, ann, upload_id))
    }
    expect(urls.length).toBeGreaterThan(8)

    for (const origin of [own, beacon.url]) {
      const { page } = await open(`${origin}/`)
      page.on('dialog', (dialog) => void dialog.dismiss())
      const shown = await page.evaluate(embedAll, urls)
      expect(shown, 'pictures are shown').toBeGreaterThanOrEqual(2)
      // Browsers save what they may not show, which ends the navigation.
      for (const url of urls) await page.goto(url).catch(() => undefined)
      await page.goto(`${origin}/`)
      expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false)
    }
    expect(beacon.ran()).toBe(0)
    await open(`${beacon.url}/control`)
    await expect.poll(() => beacon.ran()).toBe(1)
  })
})

/** Embeds each address in every way that a page knows; answers how many of them are shown as pictures. */
async function embedAll(urls: string[]): Promise<number> {
  const ended = (element: HTMLElement, mostMs: number) =>
    new Promise<boolean>((resolve) => {
      element.onload = () => resolve(true)
      element.onerror = () => resolve(false)
      document.body.append(element)
      setTimeout(() => resolve(false), mostMs)
    })
  const made = (tag: string, attributes: Record<string, string>) => {
    const element = document.createElement(tag)
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
    return element
  }
  const others = urls.flatMap((src) => [
    ...[made('script', { src }), made('script', { src, type: 'module' }), made('iframe', { src })],
    ...[
      made('object', { data: src }),
      made('embed', { src }),
      made('link', { rel: 'stylesheet', href: src }),
    ],
  ])
  for (const src of urls) {
    try {
      new Worker(src)
    } catch {}
    navigator.serviceWorker?.register(src).catch(() => undefined)
  }
  const pictures = urls.map((src) => ended(made('img', { src }), 20_000))
  const [shown] = await Promise.all([
    Promise.all(pictures),
    Promise.all(others.map((element) => ended(element, 1_000))),
  ])
  return shown.filter(Boolean).length
}

import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest'
import { executable, launchChromium, launchEngine } from './launch.ts'

/** What a page finds, and may use. */
export interface ChromiumOptions {
  /**
   * `granted` (the default) answers as if the user had allowed it, `denied` as if refused, except what a page's
   * `permissions` allow. `more-cameras` has three, `no-camera` microphones alone, `none` what the machine has, which
   * is nothing on a server.
   */
  readonly media?: keyof typeof mediaFlags
  /**
   * Whether the browser around the engine is needed: it shows notifications, asks for permissions, and devices have the
   * same ids on the next page. So it is by default where media are `denied` or there are `more-cameras`.
   */
  readonly isWhole?: boolean
}

const fakeDevices = '--use-fake-device-for-media-stream'
const allowed = '--use-fake-ui-for-media-stream'
const mediaFlags = {
  granted: [fakeDevices, allowed],
  denied: [fakeDevices, '--deny-permission-prompts'],
  // The second one has pictures of depth, which are sent to nobody.
  'more-cameras': [`${fakeDevices}=device-count=3`, allowed],
  'no-camera': [`${fakeDevices}=device-count=0`, allowed],
  none: [allowed],
}

/** The script of `watch-media.ts`, which every page gets. */
async function watchMedia(): Promise<string> {
  const entry = fileURLToPath(new URL('watch-media.ts', import.meta.url))
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, write: false })
  return outputFiles[0]?.text ?? ''
}

export interface Chromium {
  /** A page of a browser context of its own, as another person's computer; closed with the test. */
  readonly open: (url: string, options?: BrowserContextOptions) => Promise<OpenPage>
}

/** A page, and what it complained about. */
export interface OpenPage {
  readonly page: Page
  readonly context: BrowserContext
  /** Uncaught errors and what was written to the console as an error or a warning. */
  readonly complaints: readonly string[]
}

/** `SLOW_PAGES=6` makes pages six times slower, which shows what tests, or pages, owe to a fast machine. */
async function slowDown(page: Page): Promise<void> {
  const rate = Number(process.env.SLOW_PAGES ?? 1)
  if (rate === 1) return
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate })
}

/** A describe block with a Chromium of its own; skipped by name where there is none. */
export function describeInChromium(
  title: string,
  tests: (chromium: Chromium) => void,
  { media = 'granted', isWhole = ['denied', 'more-cameras'].includes(media) }: ChromiumOptions = {},
): void {
  describe.skipIf(!executable)(
    executable ? title : `${title} (needs Chromium; CHROMIUM=<path> names one)`,
    () => {
      let browser: Browser
      let watching: string
      beforeAll(async () => {
        watching = await watchMedia()
        browser = await (isWhole ? launchChromium : launchEngine)(mediaFlags[media])
      })
      afterAll(() => browser?.close())

      tests({
        async open(url, options) {
          const context = await browser.newContext(options)
          onTestFinished(() => context.close())
          context.setDefaultTimeout(60_000)
          await context.addInitScript({ content: watching })
          const page = await context.newPage()
          await slowDown(page)
          const complaints: string[] = []
          page.on('pageerror', (error) => complaints.push(String(error)))
          page.on('console', (message) => {
            if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
          })
          await page.goto(url)
          return { page, context, complaints }
        },
      })
    },
  )
}

import type { launchChromium } from '../../browser/launch.ts'

export type Browser = Awaited<ReturnType<typeof launchChromium>>
type Context = Awaited<ReturnType<Browser['newContext']>>
export type Page = Awaited<ReturnType<Context['newPage']>>
type Devtools = Awaited<ReturnType<Context['newCDPSession']>>

/** What Lighthouse takes for a slow phone. */
export const slow = { cpu: 4, downKbit: 1_600, upKbit: 750, roundTripMs: 150 } as const

/** A page on the phone. */
export interface Tab {
  readonly page: Page
  /** How long scripts have run in it, compiling included, in milliseconds. */
  readonly scriptMs: () => Promise<number>
}

/** A phone whose browser has been nowhere yet. */
export interface Phone {
  readonly openTab: () => Promise<Tab>
  readonly close: () => Promise<void>
}

export async function openPhone(browser: Browser): Promise<Phone> {
  const context = await browser.newContext({
    ...{ viewport: { width: 390, height: 844 }, deviceScaleFactor: 3 },
    ...{ isMobile: true, hasTouch: true },
  })
  // What runs this file has its functions call it, also those that run in the page.
  await context.addInitScript({ content: 'globalThis.__name = (one) => one' })
  return {
    async openTab() {
      const page = await context.newPage()
      const devtools = await context.newCDPSession(page)
      await slowDown(devtools)
      return { page, scriptMs: () => scriptMsOf(devtools) }
    },
    close: () => context.close(),
  }
}

async function slowDown(devtools: Devtools): Promise<void> {
  await devtools.send('Performance.enable')
  await devtools.send('Network.enable')
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slow.cpu })
  const bytesPerSecond = (kbit: number): number => (kbit * 1_000) / 8
  await devtools.send('Network.emulateNetworkConditions', {
    ...{ offline: false, latency: slow.roundTripMs },
    downloadThroughput: bytesPerSecond(slow.downKbit),
    uploadThroughput: bytesPerSecond(slow.upKbit),
  })
}

async function scriptMsOf(devtools: Devtools): Promise<number> {
  const { metrics } = await devtools.send('Performance.getMetrics')
  const seconds = (name: string): number => metrics.find((one) => one.name === name)?.value ?? 0
  return 1_000 * (seconds('ScriptDuration') + seconds('V8CompileDuration'))
}

import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** The executable: `CHROMIUM`, or where Debian, Fedora, Snap and macOS put it. */
export const executable = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== '' && existsSync(path))

/** The engine without the browser around it, where Debian puts it. It takes half the CPU time. */
const engine = '/usr/bin/chromium-headless-shell'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  // Two pages on one machine find each other without multicast.
  '--disable-features=WebRtcHideLocalIpsWithMdns',
]

/** Starts a Chromium of its own; the caller closes it. */
export function launchChromium(args: readonly string[] = []): Promise<Browser> {
  return launch(executable, args)
}

/** Starts its engine alone, if the machine has that. */
export function launchEngine(args: readonly string[] = []): Promise<Browser> {
  const isThere = process.env.CHROMIUM === undefined && existsSync(engine)
  return launch(isThere ? engine : executable, args)
}

function launch(executablePath = '', args: readonly string[]): Promise<Browser> {
  // Several may be starting on few cores.
  return chromium.launch({ executablePath, args: [...flags, ...args], timeout: 120_000 })
}

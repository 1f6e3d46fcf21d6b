import { rmSync } from 'node:fs'
import { embeddedStore } from '../../packages/server/src/index.ts'
import { startServer } from '../../packages/server/src/testing/index.ts'
import { launchChromium } from '../browser/launch.ts'
import { quantile } from './bench/statistics.ts'
import { fillRoom } from './long-room/fill.ts'
import { openWriter } from './sdk-cost/room.ts'
import { openFarServer } from './slow-phone/far-server.ts'
import { addresses, buildAll, type PageName } from './slow-phone/pages.ts'
import { type Browser, openPhone, slow } from './slow-phone/phone.ts'
import { type VisitFigures, visit, type Writer } from './slow-phone/visit.ts'

export const measured = [
  'apps/demo/src',
  'apps/demo/index.html',
  'apps/demo/vite.config.ts',
  'packages/client/src',
  'packages/protocol/src',
  'packages/server/src/http',
  'pnpm-lock.yaml',
  'tools/proofs/slow-phone*',
  ':!**/*.test.ts*',
]

/** The demo's chat must be usable by then, for somebody who has never been there. */
const mostMs = 2_000
const messages = 200

const nths = ['first', 'second'] as const
const pageNames = Object.keys(addresses) as PageName[]

interface Visit {
  readonly page: PageName
  readonly nth: (typeof nths)[number]
  readonly figures: VisitFigures
}

/** Medians of several visits. */
type Row = Omit<Visit, 'figures'> & VisitFigures

/**
 * How long a chat takes to come up on a slow phone on a slow line: the demo, and a page that has the SDK alone, beside one that
 * speaks to the same server with socket.io-client alone. Each phone is new at its first visit, and comes back for a second.
 */
export async function prove() {
  const runs = process.argv.includes('--quick') ? 1 : 5
  const pages = await buildAll()
  const store = await embeddedStore({ path: ':memory:' })
  const server = await startServer({ store, pages, demo: true })
  const way = await openFarServer(server.url, slow.roundTripMs)
  const browser = await launchChromium()
  try {
    await fillRoom(store, 'lobby', messages)
    const writer = await openWriter(server.url)
    const visits: Visit[] = []
    // One page after the other, so that what else the machine does concerns all of them.
    for (let run = 0; run < runs; run++)
      for (const page of pageNames) visits.push(...(await twice(browser, page, way.url, writer)))
    const rows = rowsOf(visits)
    console.table(rows)
    // A benchmark reports: a slow machine never fails it.
    const missed = missedBy(rows)
    for (const bar of missed) process.stdout.write(`MISSED: ${bar}\n`)
    return { quick: runs === 1, slow, runs, rows, missed }
  } finally {
    await browser.close()
    way.close()
    await server.close()
    rmSync(pages, { recursive: true, force: true })
  }
}

/** A new phone that visits a page, and visits it again. */
async function twice(browser: Browser, page: PageName, url: string, writer: Writer): Promise<Visit[]> {
  const phone = await openPhone(browser)
  const visits: Visit[] = []
  try {
    for (const nth of nths) {
      const tab = await phone.openTab()
      visits.push({ page, nth, figures: await visit(tab, url + addresses[page], writer) })
      await tab.page.close()
    }
  } finally {
    await phone.close()
  }
  return visits
}

/** The medians of each page's first and second visits. */
function rowsOf(visits: readonly Visit[]): Row[] {
  return pageNames.flatMap((page) =>
    nths.map((nth) => {
      const same = visits.filter((one) => one.page === page && one.nth === nth)
      const median = (name: keyof VisitFigures) =>
        quantile(
          same.map(({ figures }) => figures[name]),
          0.5,
        )
      const names = Object.keys(same[0]?.figures ?? {}) as (keyof VisitFigures)[]
      const figures = Object.fromEntries(names.map((name) => [name, median(name)]))
      return { page, nth, ...(figures as unknown as VisitFigures) }
    }),
  )
}

function missedBy(rows: readonly Row[]): string[] {
  const late = rows.filter(
    ({ page, nth, usableMs }) => page === 'demo' && nth === 'first' && usableMs > mostMs,
  )
  return late.map(({ usableMs }) => `The demo was usable after ${usableMs} ms, at most ${mostMs} wanted`)
}

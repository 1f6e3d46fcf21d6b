import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describeInChromium, openLink, patience } from '@dowellchat/browser'
import { embeddedStore } from '@dowellchat/server'
import { expect, it, onTestFinished } from 'vitest'
import { allLines, enter, openDemo, type Person, reads, say } from './support/demo.ts'

const outageMs = 3_000
const cutMs = 5_000

/** Sends one message after another until it is stopped; resolves to the sent texts. */
function keepWriting(person: Person, name: string): () => Promise<string[]> {
  const written: string[] = []
  let isOn = true
  const writing = (async () => {
    for (let n = 1; isOn; n += 1) {
      written.push(`${name} ${n}`)
      await say(person, `${name} ${n}`)
      await sleep(150)
    }
  })()
  return async () => {
    isOn = false
    await writing
    return written
  }
}

function isSame(lines: readonly string[], others: readonly string[]): boolean {
  return lines.length === others.length && lines.every((line, at) => line === others[at])
}

describeInChromium('an outage', (chromium) => {
  it('The server is stopped for 3 s while two write: nothing is missing, doubled or in another order', async () => {
    const path = mkdtempSync(join(tmpdir(), 'dowellchat-'))
    onTestFinished(() => rmSync(path, { recursive: true }))
    const first = await openDemo({ store: await embeddedStore({ path }) })
    let { url } = first
    // A link, since another program may take the port while the server is away.
    const link = await openLink(() => url)
    const people = [await enter(chromium, link.url, 'Ann'), await enter(chromium, link.url, 'Ben')]
    await say(people[0] as Person, 'before')
    for (const one of people) await reads(one, 'before')

    const stops = people.map((one, at) => keepWriting(one, ['ann', 'ben'][at] ?? ''))
    await sleep(500)
    await first.close()
    await sleep(outageMs)
    ;({ url } = await openDemo({ store: await embeddedStore({ path }) }))
    await sleep(1_000)
    const written = await Promise.all(stops.map((stop) => stop()))
    for (const one of people) await one.page.getByText('Connected').waitFor({ timeout: patience.timeout })
    for (const one of people) expect(await one.page.getByRole('button', { name: 'Retry' }).count()).toBe(0)
    const expected = ['before', ...written.flat()].sort()
    for (const one of people) {
      await expect.poll(async () => (await allLines(one)).sort(), patience).toEqual(expected)
    }
    // One page after the other, and again if a page has moved meanwhile: a page in the background is seldom drawn.
    const [ann, ben] = people as [Person, Person]
    await expect.poll(async () => isSame(await allLines(ann), await allLines(ben)), patience).toBe(true)
  })

  it('A socket cut for 5 s on one side alone: its list is complete afterwards', async () => {
    const { url } = await openDemo()
    const link = await openLink(url)
    const [ann, ben] = [await enter(chromium, link.url, 'Ann'), await enter(chromium, url, 'Ben')]
    await say(ben, 'before')
    await reads(ann, 'before')
    link.cut()
    const missed = Array.from({ length: 60 }, (_, n) => `missed ${n + 1}`)
    const end = Date.now() + cutMs
    for (const text of missed) await say(ben, text)
    await sleep(Math.max(0, end - Date.now()))
    link.mend()
    await reads(ann, ...missed.slice(-2))
    await say(ben, 'after')
    for (const one of [ann, ben]) {
      await reads(one, 'after')
      await expect.poll(() => allLines(one), patience).toEqual(['before', ...missed, 'after'])
    }
  })
})

import type { Chromium, OpenPage } from '@dowellchat/browser'
import { startServer } from '@dowellchat/server/testing'
import { expect, onTestFinished } from 'vitest'
import { serveCallPages } from './call-pages.ts'

/** What `v2-page.html` puts on its window. */
interface V2Page {
  readonly id: string | null
  readonly call: { readonly from: string; readonly name: string } | null
  readonly ended: boolean
  readonly connected: boolean
  /** The data that its peer was sent. */
  readonly heard: readonly string[]
  callUser(id: string): Promise<void>
  answerCall(): Promise<void>
  leaveCall(): void
}

declare global {
  interface Window {
    v2: V2Page
  }
}

/** Somebody on a page of our SDK, in a browser of their own. */
export type Person = OpenPage

const patience = { timeout: 15_000, interval: 50 }

/** How a call looks that has ended. */
export const ended = (reason: string | null) => ({ current: { status: 'ended', reason, remote: null } })

/** A real server, and pages to call from; all end with the test. */
export async function openCalls(chromium: Chromium) {
  const [server, pages] = await Promise.all([startServer(), serveCallPages()])
  onTestFinished(async () => {
    pages.close()
    await server.close()
  })
  return {
    server,
    pages,
    async person(user_id: string, options?: Parameters<Chromium['open']>[1]): Promise<Person> {
      const opened = await chromium.open(pages.sdk, options)
      await opened.page.evaluate(([url, id]) => window.sdk.open(url, id), [server.url, user_id] as const)
      return opened
    },
    async v2Person(): Promise<Person> {
      const opened = await chromium.open(`${pages.v2}?server=${encodeURIComponent(server.url)}`)
      await v2Comes(opened, { id: expect.any(String) })
      return opened
    },
  }
}

/** Waits until a person's client is like this. */
export async function comes({ page }: Person, expected: object): Promise<void> {
  await expect.poll(() => page.evaluate(() => window.sdk.state()), patience).toMatchObject(expected)
}

export async function v2Comes({ page }: Person, expected: object): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => JSON.parse(JSON.stringify(window.v2))), patience)
    .toMatchObject(expected)
}

/** Waits until a person's phone rings, and gives the call's id. */
export async function rings(person: Person): Promise<string> {
  await comes(person, { incoming: [{ callId: expect.any(String) }] })
  return person.page.evaluate(() => window.sdk.state().incoming[0]?.callId ?? '')
}

export async function start({ page }: Person, userToCall: string, video?: boolean): Promise<unknown> {
  return page.evaluate(
    ([to, video]) =>
      window.sdk.failure(window.sdk.client.calls.start(to, video === undefined ? {} : { video })),
    [userToCall, video] as const,
  )
}

/** Answers what rings. */
export async function accept(person: Person, video?: boolean): Promise<unknown> {
  return person.page.evaluate(
    ([callId, video]) =>
      window.sdk.failure(window.sdk.client.calls.accept(callId, video === undefined ? {} : { video })),
    [await rings(person), video] as const,
  )
}

export async function hangUp({ page }: Person): Promise<void> {
  await page.evaluate(() => window.sdk.client.calls.hangUp())
}

/** A call that stands. */
export async function call(caller: Person, callee: Person, name: string): Promise<void> {
  expect(await start(caller, name)).toBeNull()
  expect(await accept(callee)).toBeNull()
  for (const person of [caller, callee]) await comes(person, { current: { status: 'connected' } })
}

const flow = ({ page }: Person) => page.evaluate(() => window.watched.flow())

/** Waits until more sound, and more of a picture if there is to be one, has come to a person. */
export async function receives(person: Person, ...what: ('frames' | 'energy' | 'samples')[]): Promise<void> {
  const before = await flow(person)
  await expect
    .poll(async () => {
      const now = await flow(person)
      return what.filter((one) => now[one] <= before[one])
    }, patience)
    .toEqual([])
}

/** Waits until two looks in a row find the same number of frames. */
export async function seesNothing(person: Person): Promise<void> {
  let last = Number.NaN
  await expect
    .poll(
      async () => {
        const { frames } = await flow(person)
        const isStill = frames === last
        last = frames
        return isStill
      },
      { timeout: 15_000, interval: 1_000 },
    )
    .toBe(true)
}

/** Waits until no connection, microphone or camera is open in a person's page. */
export async function hasLetGo({ page }: Person): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => window.watched.held()), patience)
    .toEqual({ connections: 0, tracks: 0 })
}

import { type Chromium, type OpenPage, openV2Page, patience, untilV2Page } from '@dowellchat/browser'
import { startServer } from '@dowellchat/server/testing'
import { expect, onTestFinished } from 'vitest'
import { type SdkPageName, serveSdkPage } from './serve-sdk-page.ts'

/** A page of our SDK in its own browser. */
export type Person = OpenPage

/** The state after a call has ended. */
export const ended = (reason: string | null) => ({ current: { status: 'ended', reason, remote: null } })

/** Starts a real server, and opens pages to call from; all end with the test. */
export async function openCalls(
  chromium: Chromium,
  options: Parameters<typeof startServer>[0] = {},
  page?: SdkPageName,
) {
  const [server, pages] = await Promise.all([startServer(options), serveSdkPage(page)])
  onTestFinished(async () => {
    pages.close()
    await server.close()
  })
  return {
    server,
    pages,
    async person(user_id: string, options?: Parameters<Chromium['open']>[1]): Promise<Person> {
      const opened = await chromium.open(pages.url, options)
      await opened.page.evaluate(([url, id]) => window.sdk.open(url, id), [server.url, user_id] as const)
      return opened
    },
    v2Person: (): Promise<Person> => openV2Page(chromium, server.url),
  }
}

/** Waits until the state of a person's client matches. */
export async function untilState({ page }: Person, expected: object): Promise<void> {
  await expect.poll(() => page.evaluate(() => window.sdk.state()), patience).toMatchObject(expected)
}

/** Waits until a person's phone rings; resolves to the call's id. */
export async function untilRinging(person: Person): Promise<string> {
  await untilState(person, { incoming: [{ callId: expect.any(String) }] })
  return person.page.evaluate(() => window.sdk.state().incoming[0]?.callId ?? '')
}

export async function start({ page }: Person, userToCall: string, video?: boolean): Promise<unknown> {
  return page.evaluate(
    ([to, video]) =>
      window.sdk.failure(window.sdk.client.calls.start(to, video === undefined ? {} : { video })),
    [userToCall, video] as const,
  )
}

/** Waits until a person's phone rings, and answers. */
export async function accept(person: Person, video?: boolean): Promise<unknown> {
  return person.page.evaluate(
    ([callId, video]) =>
      window.sdk.failure(window.sdk.client.calls.accept(callId, video === undefined ? {} : { video })),
    [await untilRinging(person), video] as const,
  )
}

export async function hangUp({ page }: Person): Promise<void> {
  await page.evaluate(() => window.sdk.client.calls.hangUp())
}

/** Whether a page was stopped for a while by a slow machine: for the other one, sound and picture are interrupted meanwhile. */
export async function werePaused(...people: Person[]): Promise<boolean> {
  const found = await Promise.all(people.map(({ page }) => page.evaluate(() => window.watched.wasPaused())))
  return found.includes(true)
}

/** Calls a page of V2 that answers, and waits until they are connected. */
export async function callV2Page(caller: Person, callee: Person): Promise<void> {
  await start(caller, (await callee.page.evaluate(() => window.v2.id)) ?? '')
  await untilV2Page(callee, { call: { from: 'ann' } })
  await callee.page.evaluate(() => window.v2.answerCall())
  await untilState(caller, { current: { status: 'connected' } })
}

/** Calls somebody who answers, and waits until both are connected. */
export async function call(caller: Person, callee: Person, name: string): Promise<void> {
  expect(await start(caller, name)).toBeNull()
  expect(await accept(callee)).toBeNull()
  for (const person of [caller, callee]) await untilState(person, { current: { status: 'connected' } })
}

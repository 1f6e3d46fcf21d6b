import { type Chromium, type OpenPage, openV2Page, patience } from '@dowellchat/browser'
import { startServer } from '@dowellchat/server/testing'
import { expect, onTestFinished } from 'vitest'
import { serveSdkPage } from './serve-sdk-page.ts'

/** Somebody on a page of our SDK, in a browser of their own. */
export type Person = OpenPage

/** How a call looks that has ended. */
export const ended = (reason: string | null) => ({ current: { status: 'ended', reason, remote: null } })

/** A real server, and pages to call from; all end with the test. */
export async function openCalls(chromium: Chromium) {
  const [server, pages] = await Promise.all([startServer(), serveSdkPage()])
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

/** Waits until a person's client is like this. */
export async function comes({ page }: Person, expected: object): Promise<void> {
  await expect.poll(() => page.evaluate(() => window.sdk.state()), patience).toMatchObject(expected)
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

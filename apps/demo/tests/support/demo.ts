import type { Chromium, OpenPage } from '@dowellchat/browser'
import { patience } from '@dowellchat/browser'
import type { ChatServerOptions } from '@dowellchat/server'
import { startServer, type TestServer } from '@dowellchat/server/testing'
import { expect, inject, onTestFinished } from 'vitest'

/** A person using the demo in their own browser. */
export type Person = OpenPage

type Role = 'customer' | 'agent' | 'admin'

/** Starts the demo on a real server, which closes with the test. A call rings for as long as a slow machine looks at it. */
export async function openDemo(options: Partial<ChatServerOptions> = {}): Promise<TestServer> {
  const limits = { ringMs: 600_000, ...options.limits }
  const server = await startServer({ pages: inject('demoPages'), demo: true, ...options, limits })
  onTestFinished(() => server.close())
  return server
}

/** The address of the page that asks who one is; the demo's own shows the shop beside the desk. */
export function entrance(url: string): string {
  return new URL('/#/enter', url).href
}

/** Another tab of somebody's browser, with the page that asks who one is. */
export async function openTab({ context }: Person, url: string): Promise<Person> {
  const page = await context.newPage()
  await page.goto(entrance(url))
  return { page, context, complaints: [] }
}

/** Enters as one of the people whom the page offers. */
export async function choose({ page }: Person, name: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^${name}`) }).click()
}

/** Waits until the page's header says who one is. */
export async function isNamed({ page }: Person, name: string): Promise<void> {
  await page.getByRole('banner').getByText(name, { exact: true }).waitFor({ timeout: patience.timeout })
}

/** Opens the demo and enters under a name. Nobody can call who is not connected yet, and nobody be called. */
export async function enter(
  chromium: Chromium,
  url: string,
  name: string,
  role: Role = 'customer',
  options?: Parameters<Chromium['open']>[1],
): Promise<Person> {
  const page = new URL(url)
  page.searchParams.set('name', name)
  page.searchParams.set('role', role)
  const person = await chromium.open(page.href, options)
  await press(person, 'Enter')
  await isConnected(person)
  return person
}

/** Waits until the page's header says so. */
export async function isConnected({ page }: Person): Promise<void> {
  await page.getByText('Connected', { exact: true }).waitFor({ state: 'attached' })
}

/** Waits for a WebSocket that works: of one that is closed before it does, the browser complains. */
export async function untilUpgraded({ page }: Person): Promise<void> {
  const socket = await page.waitForEvent('websocket')
  await socket.waitForEvent('framereceived')
}

export async function press({ page }: Person, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click()
}

export async function fill({ page }: Person, name: string, text: string): Promise<void> {
  await page.getByRole('textbox', { name, exact: true }).fill(text)
}

export async function goTo(
  { page }: Person,
  name: 'Chat' | 'Calls' | 'Tickets' | 'Board' | 'Admin',
): Promise<void> {
  // Behind the name there may be what is new.
  const link = { name: new RegExp(`^${name}(,|$)`) }
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', link).click()
}

/** The rooms in somebody's list, as they are named there. */
export function rooms({ page }: Person): Promise<string[]> {
  return page.getByRole('navigation', { name: 'Rooms' }).getByRole('link').locator('bdi').allInnerTexts()
}

/** Sends a message to the open conversation. */
export async function say(person: Person, text: string): Promise<void> {
  const composer = person.page.getByRole('textbox', { name: 'Message', exact: true })
  await composer.fill(text)
  await composer.press('Enter')
}

/** The texts of the open conversation, oldest first. */
export function lines({ page }: Person): Promise<string[]> {
  return page.getByRole('log').locator('[data-message-text]').allInnerTexts()
}

/** All texts of the open conversation, oldest first; scrolls through it, since only those near the visible ones are on the page. */
export async function allLines({ page }: Person): Promise<string[]> {
  const log = page.getByRole('log')
  const found = new Map<string, string>()
  const look = async (): Promise<boolean> => {
    for (const [id, text] of await log.locator('[data-message-text]').evaluateAll(textsOnPage))
      found.set(id, text)
    return log.evaluate((element) => {
      const before = element.scrollTop
      element.scrollTop += element.clientHeight
      return element.scrollTop > before
    })
  }
  await log.evaluate((element) => element.scrollTo(0, 0))
  await expect.poll(async () => !(await look()), { ...patience, interval: 60 }).toBe(true)
  return [...found.values()]
}

/** Runs in the page. */
function textsOnPage(elements: readonly Element[]): [string, string][] {
  return elements.map((element) => [
    element.closest<HTMLElement>('[data-key]')?.dataset.key ?? '',
    element.textContent ?? '',
  ])
}

/** Waits until the open conversation ends with these texts. */
export async function reads(person: Person, ...texts: string[]): Promise<void> {
  await expect.poll(async () => (await lines(person)).slice(-texts.length), patience).toEqual(texts)
}

/** What a timer shows from its third second on. Each of its texts is there for a second, in which nobody may look. */
export const secondsOn = /^\d+:(?!0[01]$)\d\d$/

/** Waits until a text is on the page. */
export async function sees({ page }: Person, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor({ timeout: patience.timeout })
}

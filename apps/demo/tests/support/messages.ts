import { patience } from '@dowellchat/browser'
import type { Person } from './demo.ts'

type Locator = ReturnType<Person['page']['getByRole']>

/** The message of the open conversation that has a text. */
export function messageOf({ page }: Person, text: string): Locator {
  return page
    .getByRole('article')
    .filter({ has: page.locator('[data-message-text]', { hasText: text }) })
    .last()
}

/** Chooses something of a message's menu. */
export async function choose(person: Person, text: string, item: string): Promise<void> {
  const message = messageOf(person, text)
  await message.focus()
  await message.press('Enter')
  await person.page.getByRole('menuitem', { name: item, exact: true }).click()
}

/** Waits until a message has something to read on or around it. */
export async function shows(person: Person, text: string, what: string | RegExp): Promise<void> {
  await messageOf(person, text).getByText(what).first().waitFor({ timeout: patience.timeout })
}

/** A room of somebody's list. */
export function roomOf({ page }: Person, title: string): Locator {
  return page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: new RegExp(`^${title}`) })
}

/** Chooses how somebody keeps a room in their list. */
export async function keep({ page }: Person, title: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `Options of ${title}`, exact: true }).click()
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}

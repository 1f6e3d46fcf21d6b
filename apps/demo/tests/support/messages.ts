import { patience } from '@dowellchat/browser'
import { expect } from 'vitest'
import type { Person } from './demo.ts'

type Locator = ReturnType<Person['page']['getByRole']>

/** The message of the open conversation that has a text. */
export function messageOf({ page }: Person, text: string): Locator {
  return page
    .getByRole('article')
    .filter({ has: page.locator('[data-message-text]', { hasText: text }) })
    .last()
}

/** Waits until the server has a message of somebody's own, and they know. */
export async function isSent(person: Person, text: string): Promise<void> {
  await messageOf(person, text)
    .getByRole('img', { name: /^(Sent|Seen)/ })
    .waitFor({ timeout: patience.timeout })
}

/** The message with a text, with the keyboard at it: a dialog lets no keys to it, and what is being sent has no menu yet. */
async function reach(person: Person, text: string): Promise<Locator> {
  const message = messageOf(person, text)
  const isReached = async (): Promise<boolean> => {
    await message.focus()
    return message.evaluate(
      (one) => one === document.activeElement && one.querySelector('[data-action="menu"]') !== null,
    )
  }
  await expect.poll(isReached, patience).toBe(true)
  return message
}

/** Chooses something of a message's menu. */
export async function choose(person: Person, text: string, item: string): Promise<void> {
  const message = await reach(person, text)
  await message.press('Enter')
  await person.page.getByRole('menuitem', { name: item, exact: true }).click()
}

/** Deletes a message by the keyboard. The dialog that asks stays until the server has answered, and takes all keys until then. */
export async function remove(person: Person, text: string): Promise<void> {
  const message = await reach(person, text)
  await message.press('Delete')
  const dialog = person.page.getByRole('dialog', { name: 'Delete this message?' })
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
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

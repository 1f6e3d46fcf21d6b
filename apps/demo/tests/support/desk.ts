import { patience } from '@dowellchat/browser'
import { expect } from 'vitest'
import { fill, goTo, type Person, press, sees } from './demo.ts'

/** An admin creates a topic, and makes Meg an agent, who has been here before. */
export async function openDesk(admin: Person): Promise<void> {
  await lookIn(admin, 'Meg')
  await goTo(admin, 'Admin')
  await fill(admin, 'Topic name', 'Opening hours')
  await press(admin, 'Create topic')
  await sees(admin, 'Opening hours')
  await addAgent(admin, 'Meg')
}

/** Somebody is here for a moment, in another tab of the admin's, so that they can be chosen. */
export async function lookIn({ page, context }: Person, name: string): Promise<void> {
  const tab = await context.newPage()
  await tab.goto(new URL(`/?name=${encodeURIComponent(name)}&role=agent`, page.url()).href)
  await tab.getByRole('button', { name: 'Enter', exact: true }).click()
  await tab.getByText('Connected', { exact: true }).waitFor()
  await tab.close()
}

/** An admin chooses somebody on their page, who takes tickets from then on. */
export async function addAgent(admin: Person, name: string): Promise<void> {
  const { page } = admin
  const search = page.getByRole('searchbox', { name: 'Name', exact: true })
  const form = page.getByRole('form', { name: 'Add an agent' })
  const found = form.getByRole('listitem').getByRole('button', { name }).first()
  // Whoever has just been here can be found a second later. Of the same words, the page shows what it found before until it knows.
  let words = ''
  const isFound = async (): Promise<boolean> => {
    words = words === name ? name.slice(0, -1) : name
    await search.fill(words)
    await form
      .getByRole('status')
      .filter({ hasText: /found$|^Nobody/ })
      .waitFor()
    return found.isVisible()
  }
  await expect.poll(isFound, { timeout: 60_000, interval: 500 }).toBe(true)
  await found.click()
  await press(admin, 'Add agent')
  await page.getByRole('button', { name: `Edit ${name}`, exact: true }).waitFor()
}

/** Waits until the server gives an agent tickets, which it does a moment after they came. */
export async function untilTakingTickets({ page }: Person): Promise<void> {
  const choice = page.getByRole('combobox', { name: 'Whether you take tickets', exact: true })
  await expect.poll(() => choice.inputValue(), patience).toBe('online')
}

/** A customer opens a ticket about a topic. */
export async function openTicket({ page }: Person, topic: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Topic' }).selectOption({ label: topic })
  await page.getByRole('button', { name: 'Open ticket', exact: true }).click()
}

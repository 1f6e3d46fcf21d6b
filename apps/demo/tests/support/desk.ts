import { fill, goTo, type Person, press, sees } from './demo.ts'

/** An admin makes a topic, and Meg its line manager. */
export async function openDesk(admin: Person): Promise<void> {
  await goTo(admin, 'Admin')
  await fill(admin, 'Topic name', 'Opening hours')
  await press(admin, 'Create topic')
  await sees(admin, 'Opening hours')
  await fill(admin, 'User id', 'meg')
  await press(admin, 'Create line manager')
  await sees(admin, 'meg')
}

/** A customer asks about a topic. */
export async function openTicket({ page }: Person, topic: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Topic' }).selectOption({ label: topic })
  await page.getByRole('button', { name: 'Open ticket', exact: true }).click()
}

import { fill, goTo, type Person, press, sees } from './demo.ts'

/** An admin creates a topic, and makes Meg a line manager. */
export async function openDesk(admin: Person): Promise<void> {
  await goTo(admin, 'Admin')
  await fill(admin, 'Topic name', 'Opening hours')
  await press(admin, 'Create topic')
  await sees(admin, 'Opening hours')
  await fill(admin, 'Name', 'meg')
  await press(admin, 'Create line manager')
  await sees(admin, 'meg')
}

/** A customer opens a ticket about a topic. */
export async function openTicket({ page }: Person, topic: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Topic' }).selectOption({ label: topic })
  await page.getByRole('button', { name: 'Open ticket', exact: true }).click()
}

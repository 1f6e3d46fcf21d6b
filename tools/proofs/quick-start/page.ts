import type { Page } from 'playwright-core'
import { executable, launchChromium } from '../../browser/launch.ts'

const text = 'Hello, World!'

/** Writes a message in the page's box as a person does, and waits until it is on the server's disk. Answers what is then seen. */
export async function writeAndSee(url: string): Promise<string> {
  if (!executable) throw new Error('The quick start needs Chromium; CHROMIUM=<path> names one')
  const browser = await launchChromium()
  try {
    const page = await browser.newPage()
    const complaints = complaintsOf(page)
    await page.goto(url)
    await page.getByLabel('Message').fill(text)
    await page.keyboard.press('Enter')
    const row = page.getByRole('listitem').filter({ hasText: text })
    await row.filter({ hasText: '(sent)' }).waitFor({ timeout: 30_000 })
    if (complaints.length > 0) throw new Error(`The page complains: ${complaints.join('\n')}`)
    return await row.innerText()
  } finally {
    await browser.close()
  }
}

function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  return complaints
}

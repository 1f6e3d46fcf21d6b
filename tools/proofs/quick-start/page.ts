import { executable, launchChromium } from '../../browser/launch.ts'

type Page = Awaited<ReturnType<Awaited<ReturnType<typeof launchChromium>>['newPage']>>

const text = 'こんにちは'

/**
 * Writes a message in the page's box as a person with a Japanese keyboard does: the first Enter accepts the word, the second one
 * sends. Waits until it is on the server's disk, and answers what is then seen.
 */
export async function writeAndSee(url: string): Promise<string> {
  if (!executable) throw new Error('The quick start needs Chromium; CHROMIUM=<path> names one')
  const browser = await launchChromium()
  try {
    const page = await browser.newPage()
    const complaints = complaintsOf(page)
    await page.goto(url)
    const box = page.getByLabel('Message')
    await box.focus()
    await compose(page)
    if ((await box.inputValue()) !== text) throw new Error('The Enter that accepts a word has sent it')
    await page.keyboard.press('Enter')
    const rows = page.getByRole('listitem').filter({ hasText: text })
    await rows.filter({ hasText: '(sent)' }).waitFor({ timeout: 30_000 })
    const seen = await rows.allInnerTexts()
    if (seen.length !== 1) throw new Error(`The page shows the message ${seen.length} times`)
    if (complaints.length > 0) throw new Error(`The page complains: ${complaints.join('\n')}`)
    return seen.join()
  } finally {
    await browser.close()
  }
}

/** Composes the text as an input method does, and accepts it by Enter. */
async function compose(page: Page): Promise<void> {
  const keyboard = await page.context().newCDPSession(page)
  const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 }
  const at = text.length
  await keyboard.send('Input.imeSetComposition', { text, selectionStart: at, selectionEnd: at })
  await keyboard.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...enter })
  await keyboard.send('Input.insertText', { text })
  await keyboard.send('Input.dispatchKeyEvent', { type: 'keyUp', ...enter })
}

function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    // Browsers ask for an icon, which the quick start does not have.
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico'))
      complaints.push(message.text())
  })
  return complaints
}

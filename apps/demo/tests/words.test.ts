import { describeInChromium, openLink, patience } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { enter, fill, goTo, openDemo, press, reads, say, sees } from './support/demo.ts'
import { openDesk, openTicket } from './support/desk.ts'

const script = '<script>window.hacked = true</script><img src=x onerror="window.hacked = true">'

describeInChromium('a page that something goes wrong on', (chromium) => {
  it('says that there is no server, and loses nothing of what is written, also when it is loaded again', async () => {
    const { url } = await openDemo()
    const link = await openLink(url)
    const ann = await enter(chromium, link.url, 'Ann')
    await say(ann, 'before')
    await reads(ann, 'before')
    link.cut()
    await sees(ann, /no connection/i)
    await say(ann, 'while offline')
    await reads(ann, 'before', 'while offline')
    await fill(ann, 'Message', 'half a thought')

    link.mend()
    await ann.page.reload()
    await reads(ann, 'before', 'while offline')
    await ann.page.getByText('Sending…').waitFor({ state: 'detached' })
    const composer = ann.page.getByRole('textbox', { name: 'Message', exact: true })
    expect(await composer.inputValue()).toBe('half a thought')
  })

  it('tells of a message that is too long, and loses nothing of it', async () => {
    const { url } = await openDemo()
    const ann = await enter(chromium, url, 'Ann')
    const text = 'x'.repeat(17_000)
    await say(ann, text)
    await sees(ann, /16,?000 characters/)
    const composer = ann.page.getByRole('textbox', { name: 'Message', exact: true })
    expect(await composer.inputValue()).toBe(text)
  })

  it('shows markup as text, as a message, a name and a topic', async () => {
    const { url } = await openDemo()
    const [root, ann] = [
      await enter(chromium, url, `Root ${script}`.slice(0, 60), 'admin'),
      await enter(chromium, url, 'Ann'),
    ]
    await say(root, script)
    await reads(ann, script)
    await goTo(root, 'Admin')
    await fill(root, 'Topic name', script)
    await press(root, 'Create topic')
    await sees(root, /^<script>.*hacked/i)
    for (const { page } of [root, ann]) expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
  })
})

/** Names of the wire, ids that the server makes, and names with underscores. */
const wireWord = /\b[a-z]+_[a-z_]+\b|~[0-9a-f]{8}-|\bguest:|\broom:|[0-9a-f]{8}-[0-9a-f]{4}-/

describeInChromium('the words of the pages', (chromium) => {
  it('[DW13] are names of people, rooms and topics, and none of the wire', async () => {
    const { url } = await openDemo()
    const [root, ann] = [
      await enter(chromium, url, 'Ruth Adler', 'admin'),
      await enter(chromium, url, 'Ann Keller'),
    ]
    const expectPlain = async ({ page }: typeof root) => {
      const names = await page.evaluate(() =>
        [...document.querySelectorAll('[aria-label], [title], [placeholder]')].flatMap((one) =>
          ['aria-label', 'title', 'placeholder'].map((name) => one.getAttribute(name) ?? ''),
        ),
      )
      // biome-ignore lint/performance/useDomNodeTextContent: what is hidden is shown to nobody
      const shown = [await page.locator('body').innerText(), ...names].join('\n')
      expect(wireWord.exec(shown)?.[0]).toBeUndefined()
    }
    await openDesk(root)
    await goTo(ann, 'Tickets')
    await openTicket(ann, 'Opening hours')
    await say(ann, 'When do you open?')
    await expectPlain(ann)
    await goTo(root, 'Tickets')
    await sees(root, 'Ann Keller')
    await expectPlain(root)
    await goTo(ann, 'Chat')
    await press(ann, 'Write to Ruth Adler')
    await ann.page.getByRole('heading', { name: 'Ruth Adler' }).waitFor()
    await say(ann, 'Hello')
    await reads(ann, 'Hello')
    await expectPlain(ann)
    await goTo(root, 'Chat')
    await sees(root, 'Ann Keller')
    await expectPlain(root)
  })
})

describeInChromium(
  'a call without a camera',
  (chromium) => {
    it('goes on with sound alone, and says why', async () => {
      const { url } = await openDemo()
      const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
      await goTo(ann, 'Calls')
      await fill(ann, 'Who to call', 'ben')
      await press(ann, 'Call')
      await press(ben, 'Accept')
      await sees(ann, /camera could not be found/i)
      await expect.poll(() => ann.page.getByRole('button', { name: 'Hang up' }).count(), patience).toBe(1)
    })
  },
  { media: 'no-camera' },
)

describeInChromium(
  'a call whose permission is refused',
  (chromium) => {
    it('says what to do, and nobody rings', async () => {
      const { url } = await openDemo()
      const ann = await enter(chromium, url, 'Ann')
      await enter(chromium, url, 'Ben')
      await goTo(ann, 'Calls')
      await fill(ann, 'Who to call', 'ben')
      await press(ann, 'Call')
      await sees(ann, /allow (it|them) in the browser/i)
    })
  },
  { media: 'denied' },
)

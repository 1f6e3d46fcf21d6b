import { describeInChromium, patience } from '@dowellchat/browser'
import { embeddedStore } from '@dowellchat/server'
import { expect, it } from 'vitest'
import { openWidgetDesk, reads } from '../testing/widget-desk.ts'

describeInChromium('a visitor who is faster than the list of topics', (chromium) => {
  /** A desk whose list of topics is not answered until the test lets it pass. */
  async function openSlowDesk() {
    const embedded = await embeddedStore({ path: ':memory:' })
    let ready: Promise<void> | undefined
    async function list(workspaceId: string) {
      await ready
      return embedded.topics.list(workspaceId)
    }
    const desk = await openWidgetDesk(chromium, {
      store: { ...embedded, topics: { ...embedded.topics, list } },
    })
    /** @returns lets it pass */
    function hold(): () => void {
      let pass = (): void => undefined
      ready = new Promise((resolve) => {
        pass = resolve
      })
      return () => pass()
    }
    return { ...desk, hold }
  }

  /** Asks before the topics are there. */
  async function askAtOnce() {
    const desk = await openSlowDesk()
    const shopper = await desk.visit()
    const { widget } = shopper
    return {
      ...desk,
      shopper,
      ask: async (): Promise<void> => {
        const pass = desk.hold()
        await widget.getByRole('button', { name: 'Open the chat' }).click()
        await widget.getByRole('textbox', { name: 'How can we help?' }).fill('Where is it?')
        await widget.getByRole('button', { name: 'Start the conversation' }).click()
        await widget.getByRole('button', { name: 'Starting …' }).waitFor()
        pass()
      },
    }
  }

  it('[WI23] begins the conversation once they are there', async () => {
    const { root, shopper, ask } = await askAtOnce()
    await ask()
    await reads(shopper, 'Where is it?')
    expect(await root.request.get_tickets({})).toMatchObject({ tickets: [{ product: 'orders' }] })
    expect(shopper.complaints).toEqual([])
  })

  it('[WI23] lets them choose where there are several', async () => {
    const { root, shopper, ask } = await askAtOnce()
    await root.topics.create({ name: 'returns' })
    await ask()
    const { widget } = shopper
    const topic = widget.getByRole('combobox', { name: 'What is it about?' })
    await topic.waitFor()
    const start = widget.getByRole('button', { name: 'Start the conversation' })
    await expect.poll(() => start.getAttribute('aria-disabled'), patience).toBe('false')
    expect(await root.request.get_tickets({})).toMatchObject({ tickets: [] })
    expect(await topic.evaluate((element) => element.matches(':focus'))).toBe(true)
    await topic.selectOption('Returns')
    await start.click()
    await reads(shopper, 'Where is it?')
    expect(await root.request.get_tickets({})).toMatchObject({ tickets: [{ product: 'returns' }] })
    expect(shopper.complaints).toEqual([])
  })
})

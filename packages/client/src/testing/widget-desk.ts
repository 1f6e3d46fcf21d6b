import { type Chromium, type OpenPage, patience } from '@dowellchat/browser'
import { folderAttachments } from '@dowellchat/server'
import { startServer, type TestServer } from '@dowellchat/server/testing'
import { expect, onTestFinished } from 'vitest'
import { type ChatClient, createChatClient } from '../client.ts'
import { newFolder } from './kept-files.ts'
import { builtWidget, openForeignPage } from './widget-page.ts'

/** A visitor of a shop. */
export interface Visitor extends OpenPage {
  /** The widget: what is in its shadow root is found too. */
  readonly widget: ReturnType<OpenPage['page']['locator']>
}

/** A server with a desk of one topic, and shops on other origins whose visitors have the widget. */
export async function openWidgetDesk(chromium: Chromium, options: Parameters<typeof startServer>[0] = {}) {
  const attachments = folderAttachments({ folder: await newFolder() })
  const server = await startServer({ attachments, widget: await builtWidget(), ...options })
  onTestFinished(() => server.close())
  const root = await staff(server, 'root', 'admin')
  await root.topics.create({ name: 'orders' })
  let agents = 0
  return {
    server,
    root,
    agent: async (id = 'meg'): Promise<ChatClient> => {
      const agent = await staff(server, id, 'agent')
      const positions_in_a_line = ++agents
      await root.lineManagers.create({
        user_id: id,
        positions_in_a_line,
        average_serving_time: 5,
        is_unmanaged: true,
      })
      return agent
    },
    visit: async (
      data = 'data-workspace="demo"',
      page: Parameters<Chromium['open']>[1] = {},
      answers: Parameters<typeof openForeignPage>[0]['answers'] = {},
      at = server.url,
    ): Promise<Visitor> => {
      const { url } = await openForeignPage({ server: at, data, answers })
      return visitorOf(await chromium.open(url, page))
    },
  }
}

/** A visitor of a page that is open. */
export function visitorOf(opened: OpenPage): Visitor {
  return { ...opened, widget: opened.page.locator('dowellchat-widget') }
}

async function staff(server: TestServer, id: string, role: 'agent' | 'admin'): Promise<ChatClient> {
  const auth = server.authFor(id, { role, name: id === 'meg' ? 'Meg Lee' : id === 'zoe' ? 'Zoe Fox' : id })
  const client = createChatClient({ url: server.url, auth })
  onTestFinished(() => client.close())
  client.connect()
  await client.ready()
  return client
}

/** Opens the widget, and asks something. */
export async function ask(visitor: Visitor, text: string): Promise<void> {
  await visitor.widget.getByRole('button', { name: 'Open the chat' }).click()
  await start(visitor, text)
}

/** Asks something in the form. */
export async function start({ widget }: Visitor, text: string): Promise<void> {
  await widget.getByRole('textbox', { name: 'How can we help?' }).fill(text)
  await widget.getByRole('button', { name: 'Start the conversation' }).click()
  await reads({ widget }, text)
}

/** Where a visitor writes in a conversation. */
export const composer = ({ widget }: Visitor) => widget.getByRole('textbox', { name: /^Write/ })

/** The texts of a conversation, as the desk has them. */
export async function textsIn(agent: ChatClient, ticketId: string): Promise<string[]> {
  const { entries } = await agent.request.get_messages({ stream: `ticket:${ticketId}`, before: 1_000 })
  return entries.flatMap((entry) => ('message_data' in entry ? (entry.message_data ?? []) : []))
}

/** Waits until a visitor reads a text among the messages. */
export async function reads({ widget }: Pick<Visitor, 'widget'>, text: string): Promise<void> {
  await widget.getByRole('log').getByText(text, { exact: true }).waitFor({ timeout: patience.timeout })
}

/** The newest ticket, as soon as there is one. */
export async function newestTicket(agent: ChatClient): Promise<string> {
  const newest = async (): Promise<string> =>
    (await agent.request.get_tickets({ limit: 1 })).tickets[0]?._id ?? ''
  await expect.poll(newest, patience).not.toBe('')
  return newest()
}

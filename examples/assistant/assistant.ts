import { createHash } from 'node:crypto'
import { type Bot, type Conversation, createBot, type Message, type Ticket } from '@dowellchat/server/bots'
import { handOver, wasHandedOver } from './hand-over.ts'
import { ask, type ModelOptions, type Turn } from './model.ts'

interface AssistantOptions {
  readonly url: string
  readonly workspace: string
  readonly key: string
  readonly model: ModelOptions
  /** After so many answers a person goes on; default 5. */
  readonly mostAnswers?: number
}

const user = { id: 'assistant', name: 'Assistant' }
const asksForPerson = /\b(person|human|agent|somebody real)\b/i
/** What the model says where it cannot help. */
const cannotHelp = 'PERSON'
const instructions = `You answer customers of our shop, in a few plain sentences. Where you do not know the answer, where it is \
about money or the law, or where the customer is upset, say nothing but ${cannotHelp}.`

/** Starts an assistant that answers each ticket first, until a person goes on. */
export async function startAssistant({ model, mostAnswers = 5, ...place }: AssistantOptions): Promise<Bot> {
  // It answers whoever has opened a ticket, so often at most: it need not ask who that is.
  const bot = createBot({ ...place, user, hearsPrograms: true })

  bot.onTicket(async (_, { history, leave }) => {
    if (wasHandedOver(await history(200))) leave()
  })

  bot.onMessage(async (message, conversation) => {
    const ticket = await bot.request('get_ticket', { ticket_id: conversation.id })
    // A person has come by themselves.
    if (isOfTeam(message, ticket)) return conversation.leave()
    if (message.author !== ticket.user_id || asksForPerson.test(message.message_data))
      return giveAway(message, conversation)
    const said = await conversation.history()
    const answers = said.filter(({ author }) => author === user.id).length
    if (answers >= mostAnswers) return giveAway(message, conversation)
    if (!(await answer(said, message, conversation))) await giveAway(message, conversation)
  })

  async function giveAway(message: Message, conversation: Conversation): Promise<void> {
    // Meanwhile it may have become another one's.
    const { line_manager } = await bot.request('get_ticket', { ticket_id: conversation.id })
    await handOver(conversation, line_manager, cidOf(message, 'hand over'))
  }

  /** Whether the model could answer. */
  async function answer(
    said: readonly Message[],
    message: Message,
    conversation: Conversation,
  ): Promise<boolean> {
    const stopTyping = conversation.typing()
    const draft = conversation.draft({ replyTo: message, cid: cidOf(message, 'answer') })
    try {
      let text = ''
      for await (const part of ask(model, turnsOf(said), draft.signal)) {
        text += part
        // Nobody sees the beginning of what may be that it cannot help.
        if (!mayBeNoHelp(text)) draft.replace(text)
      }
      // What is over is no beginning.
      draft.replace(isNoHelp(text) ? '' : text)
    } catch (error) {
      if (draft.signal.reason !== 'stopped') {
        console.warn('The model failed:', error instanceof Error ? error.message : error)
        draft.replace('')
      }
    }
    stopTyping()
    return (await draft.end()) !== null
  }

  await bot.start()
  return bot
}

/** In the ticket of a guest, anybody but its line manager may be the guest who has logged in: nothing says who that is. */
function isOfTeam({ author }: Message, { user_id, line_manager }: Ticket): boolean {
  return author !== user_id && (!user_id.startsWith('guest:') || author === line_manager)
}

/** Whether a text says that the model cannot help, however it writes that. */
function isNoHelp(text: string): boolean {
  return new RegExp(`^\\P{L}*${cannotHelp}\\b`, 'u').test(text)
}

/** Or whether it is the beginning of such a text. */
function mayBeNoHelp(text: string): boolean {
  return isNoHelp(text) || cannotHelp.startsWith(text.replace(/^\P{L}+/u, ''))
}

function turnsOf(said: readonly Message[]): Turn[] {
  const turns = said.map(({ author, message_data }): Turn => {
    return { role: author === user.id ? 'assistant' : 'user', content: message_data }
  })
  return [{ role: 'system', content: instructions }, ...turns]
}

/** The same for the same message: after a crash the answer that was sent already is not sent twice. */
function cidOf({ _id }: Message, what: string): string {
  const hex = createHash('sha256').update(`${_id} ${what}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

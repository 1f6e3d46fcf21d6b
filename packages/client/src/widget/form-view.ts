import type { PendingAttachment } from '../attachments/pending-state.ts'
import type { Ticket, Topic } from '../entities.ts'
import { ownError } from '../errors.ts'
import { uuid } from '../uuid.ts'
import type { View, WidgetContext } from './context.ts'
import { h, say as setText, show } from './dom.ts'
import { createFilePicker } from './file-picker.ts'
import { followPlace, type Place } from './place.ts'
import { keepWritten } from './unsent.ts'
import { answerTimeText, failureText, topicTitle } from './words.ts'

/** The form for a new conversation: what it is about, and how long an answer takes if it was asked now. */
export function createFormView(context: WidgetContext): View {
  const { client, options, say, unsent } = context
  const topics = client.topics.list()
  const asks = asksName(context)
  const name = h('input', { type: 'text', id: 'name', autocomplete: 'name', maxlength: 100 })
  const topic = h('select', { id: 'topic', onChange: chooseTopic })
  const topicField = h('div', { hidden: true }, h('label', { for: 'topic' }, say('topic')), topic)
  const message = h('textarea', { id: 'message', rows: 4, maxlength: 16_000, onInput: renew })
  const wait = h('p', { class: 'faint', role: 'status' })
  const wrong = h('p', { class: 'wrong', role: 'alert' })
  const button = h('button', { class: 'primary' }, say('start'))
  const files = createFilePicker(context, '', renew)
  files.takeFrom(message)
  keepWritten(message, unsent, '')
  const element = h(
    'form',
    { class: 'scroll', novalidate: true, onSubmit: submit },
    options.greeting === undefined ? null : h('p', {}, options.greeting),
    wait,
    asks ? nameField() : null,
    topicField,
    h('div', {}, h('label', { for: 'message' }, say('message')), message),
    files.list,
    h('div', { class: 'row' }, button, files.button),
    wrong,
  )
  let place: Place | null = null
  let offered: readonly Topic[] = []
  let followed = ''
  let stopPlace = (): void => {}
  let isShown = true

  function nameField(): HTMLElement {
    const optional = h('span', { class: 'faint' }, ` (${say('optional')})`)
    return h('div', {}, h('label', { for: 'name' }, say('name'), optional), name)
  }

  function renew(): void {
    unsent.next.cid = uuid()
  }

  const chosen = (): string => options.topic ?? topic.value
  const topicOf = (product: string): Topic | undefined =>
    topics.getSnapshot().items.find((one) => one.name === product)

  function renderTopics(): void {
    const { items } = topics.getSnapshot()
    const before = topic.value
    // A list that is open would close.
    if (items !== offered)
      topic.replaceChildren(...items.map((one) => h('option', { value: one.name }, topicTitle(one))))
    offered = items
    if (items.some((one) => one.name === before)) topic.value = before
    show(topicField, options.topic === undefined && items.length > 1)
    follow()
  }

  function chooseTopic(): void {
    renew()
    follow()
  }

  function follow(): void {
    const product = chosen()
    if (product !== followed && product !== '') {
      stopPlace()
      followed = product
      stopPlace = followPlace(client, { topic: product }, (next) => {
        place = next
        renderWait()
      })
    }
    renderWait()
  }

  function renderWait(): void {
    setText(wait, place ? answerTimeText(say, place, topicOf(followed)?.away_text) : '')
  }

  async function submit(event: Event): Promise<void> {
    event.preventDefault()
    const { attachments, isReady } = files.pending.getSnapshot()
    const text = message.value.trim()
    if (unsent.next.beginning || !isReady) return
    if (text === '' && attachments.length === 0) {
      setText(wrong, say('empty'))
      message.focus()
      return
    }
    await start(context.hold(begin(text, attachments)))
  }

  /** Follows what this view begins, or one before it. A visitor who has gone on to something else stays there. */
  async function start(beginning: Promise<Ticket | undefined>): Promise<void> {
    unsent.next.beginning = beginning
    setStarting(true)
    setText(wrong, '')
    try {
      const ticket = await beginning
      if (!isShown) return
      if (ticket) context.goTo({ view: 'chat', ticketId: ticket._id })
      else topic.focus()
    } catch (error) {
      setText(wrong, say('failed', { reason: failureText(say, error) }))
    } finally {
      setStarting(false)
    }
  }

  async function begin(text: string, attachments: readonly PendingAttachment[]): Promise<Ticket | undefined> {
    try {
      const ticket = await create(text, attachments)
      if (!ticket) return undefined
      unsent.texts.delete('')
      files.pending.clear()
      renew()
      return ticket
    } finally {
      unsent.next.beginning = undefined
    }
  }

  /** Answers nothing where the visitor has a choice that they have not seen. */
  async function create(
    text: string,
    attachments: readonly PendingAttachment[],
  ): Promise<Ticket | undefined> {
    const product = chosen() || (await onlyTopic())
    if (product === undefined) return undefined
    const draft = { product, cid: unsent.next.cid, message_data: text }
    if (name.value.trim() !== '') await context.rename(name.value.trim())
    return client.tickets.create({ ...draft, ...(attachments.length > 0 && { attachments }) })
  }

  /** Visitors may be faster than the list of topics. */
  async function onlyTopic(): Promise<string | undefined> {
    await topics.reload()
    const { status, error, items } = topics.getSnapshot()
    if (error) throw error
    // The connection was lost meanwhile.
    if (status !== 'ready') throw ownError('get_all_topics', 'unavailable', 'The topics could not be loaded')
    return items.length > 1 ? undefined : (items[0]?.name ?? '')
  }

  function setStarting(next: boolean): void {
    // What came now would go with nothing.
    message.readOnly = next
    files.button.disabled = next
    button.setAttribute('aria-disabled', String(next))
    setText(button, say(next ? 'starting' : 'start'))
  }

  const letGo = topics.retain()
  const stopTopics = topics.subscribe(renderTopics)
  renderTopics()
  if (unsent.next.beginning) void start(unsent.next.beginning)
  return {
    element,
    focus: () => (asks ? name : topicField.hidden ? message : topic).focus(),
    destroy() {
      isShown = false
      stopPlace()
      stopTopics()
      letGo()
      files.destroy()
    },
  }
}

/** Guests may say who they are, once. */
function asksName({ client, options }: WidgetContext): boolean {
  const { session } = client.connection.getSnapshot()
  const isNameless = session?.name === null || session?.name === undefined
  return 'guest' in options.auth && options.askName !== false && isNameless
}

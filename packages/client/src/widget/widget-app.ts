import type { Ticket } from '../entities.ts'
import { createChatView } from './chat-view.ts'
import type { View, WidgetContext, WidgetPlace } from './context.ts'
import { createFormView } from './form-view.ts'
import { createListView } from './list-view.ts'
import type { WidgetChanges, WidgetOptions } from './options.ts'
import { createPanel, type Panel } from './panel.ts'
import { panelStyles } from './panel-styles.ts'
import { openSession, type WidgetSession } from './session.ts'
import type { WidgetApp, WidgetShell } from './shell.ts'
import { createSound } from './sound.ts'
import { textsOf } from './texts.ts'
import { followUnread } from './unread.ts'

export function createWidgetApp(shell: WidgetShell): WidgetApp {
  const say = textsOf(shell.options.texts)
  const sound = createSound(shell.options.sound ?? true)
  shell.styles(panelStyles(shell.options))
  const panel = createPanel({
    say,
    title: shell.options.title ?? say('support'),
    isSoundOn: sound.isOn(),
    onClose: shell.close,
    onBack: () => visit.goTo({ view: 'list' }),
    onSound(isOn) {
      sound.setOn(isOn)
      sound.prepare()
    },
  })
  shell.root.prepend(panel.element)
  let isOpen = false
  let visit = startVisit(shell.options)

  function startVisit(options: WidgetOptions): Visit {
    const onMessage = (): void => {
      if (!isOpen || document.hidden) sound.play()
    }
    return openVisit({ shell, panel, options, say, onMessage })
  }

  return {
    open() {
      isOpen = true
      sound.prepare()
      panel.element.hidden = false
      visit.setOpen(true)
      panel.focus()
    },
    close() {
      isOpen = false
      panel.element.hidden = true
      visit.setOpen(false)
    },
    update(changes) {
      if (visit.update(changes)) return
      // Another visitor, who sees nothing of the last one.
      visit.close()
      visit = startVisit({ ...shell.options, ...changes })
      visit.setOpen(isOpen)
    },
    destroy() {
      visit.close()
      sound.close()
      panel.element.remove()
    },
  }
}

interface VisitParts extends Pick<WidgetContext, 'say'> {
  readonly shell: WidgetShell
  readonly panel: Panel
  readonly options: WidgetOptions
  readonly onMessage: () => void
}

/** What one visitor sees, from their connection to the view. */
interface Visit {
  readonly goTo: (place: WidgetPlace) => void
  readonly setOpen: (isOpen: boolean) => void
  /** Answers false where it is another visitor. */
  readonly update: (changes: WidgetChanges) => boolean
  readonly close: () => void
}

function openVisit({ shell, panel, options, say, onMessage }: VisitParts): Visit {
  const session: WidgetSession = openSession(options)
  const { client } = session
  const tickets = client.tickets.list({ details: true })
  const context: WidgetContext = { client, options, say, goTo, unsent: new Map(), rename: session.rename }
  let place: WidgetPlace | undefined
  let view: View | null = null
  let isOpen = false
  let watched: string | undefined
  let stopUnread = (): void => {}
  let letGo: (() => void) | undefined

  function goTo(next: WidgetPlace): void {
    place = next
    view = viewOf(context, next)
    panel.setView(view)
    panel.showBack(next.view !== 'list' && tickets.getSnapshot().items.length > 0)
    if (isOpen) panel.focus()
    view.setVisible?.(isOpen)
    look()
  }

  /** Where a visitor begins: in the conversation that goes on, among those that are over, or with a new one. */
  function begin(): void {
    const ticketId = current()
    if (ticketId !== undefined) goTo({ view: 'chat', ticketId })
    else goTo({ view: tickets.getSnapshot().items.length > 0 ? 'list' : 'form' })
  }

  /** The conversation that goes on, or one that was closed with something that the visitor has not read. */
  function current(): string | undefined {
    const { items } = tickets.getSnapshot()
    // How much is unread of a ticket is not known at once; until then the one that is watched stays.
    const hasNews = ({ _id, unread }: Ticket): boolean =>
      unread === undefined ? _id === watched : unread > 0
    const found = items.find(({ is_closed }) => !is_closed) ?? items.find(hasNews)
    return found?._id
  }

  function look(): void {
    const { status, items } = tickets.getSnapshot()
    panel.setNotice(noticeOf())
    if (status !== 'ready') return
    const ticketId = current()
    shell.remember(ticketId !== undefined)
    watch(ticketId)
    connect()
    if (!place) begin()
    else panel.showBack(place.view !== 'list' && items.length > 0)
  }

  function noticeOf(): string {
    const state = client.connection.getSnapshot()
    if (state.status === 'refused') return say('refused', { reason: state.error.message })
    return state.status === 'offline' ? say('offline') : ''
  }

  function watch(ticketId: string | undefined): void {
    if (ticketId === watched) return
    stopUnread()
    watched = ticketId
    stopUnread =
      ticketId === undefined
        ? () => {}
        : followUnread(client, ticketId, { showUnread: shell.showUnread, onMessage })
  }

  /** Nobody who has asked nothing holds a connection. */
  function connect(): void {
    const isNeeded = isOpen || watched !== undefined
    session.setConnected(isNeeded)
    if (isNeeded) letGo ??= tickets.retain()
    else {
      letGo?.()
      letGo = undefined
    }
  }

  const stops = [tickets.subscribe(look), client.connection.subscribe(look)]
  panel.setView(null)
  // A conversation goes on, as the last page has left word.
  session.setConnected(true)
  letGo = tickets.retain()
  return {
    goTo,
    setOpen(next) {
      isOpen = next
      view?.setVisible?.(next)
      connect()
    },
    update({ auth }) {
      try {
        session.update(auth)
        return true
      } catch {
        return false
      }
    },
    close() {
      for (const stop of stops) stop()
      stopUnread()
      panel.setView(null)
      letGo?.()
      session.close()
      shell.showUnread(0)
    },
  }
}

function viewOf(context: WidgetContext, place: WidgetPlace): View {
  if (place.view === 'chat') return createChatView(context, place.ticketId)
  return place.view === 'list' ? createListView(context) : createFormView(context)
}

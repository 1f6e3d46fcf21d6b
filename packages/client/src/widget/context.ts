import type { ChatClient } from '../client.ts'
import type { WidgetOptions } from './options.ts'
import type { Say } from './texts.ts'
import type { Unsent } from './unsent.ts'

/** What is shown in the panel. */
export type WidgetPlace =
  | { readonly view: 'form' }
  | { readonly view: 'list' }
  | { readonly view: 'chat'; readonly ticketId: string }

/** What all views need. */
export interface WidgetContext {
  readonly client: ChatClient
  readonly options: WidgetOptions
  readonly say: Say
  readonly goTo: (place: WidgetPlace) => void
  /** Views come and go; what was written in one is there again when the visitor comes back. */
  readonly unsent: Unsent
  /** Under which name a guest is known from now on; connects again. */
  readonly rename: (name: string) => Promise<void>
  /** Stays connected until something is done, also once the panel is closed. */
  readonly hold: <T>(work: Promise<T>) => Promise<T>
}

/** One of the things that the panel shows. */
export interface View {
  readonly element: HTMLElement
  readonly focus: () => void
  /** Says whether the visitor sees it. */
  readonly setVisible?: (isVisible: boolean) => void
  readonly destroy: () => void
}

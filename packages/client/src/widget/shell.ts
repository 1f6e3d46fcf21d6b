import type { WidgetChanges, WidgetOptions } from './options.ts'

/** Everything behind the bubble. */
export interface WidgetApp {
  /** @param takesFocus whether the visitor goes on in it; bubbles of earlier versions do not say */
  readonly open: (takesFocus?: boolean) => void
  readonly close: () => void
  readonly update: (changes: WidgetChanges) => void
  readonly destroy: () => void
}

/** Everything behind the bubble, which is loaded when it is needed. */
export interface WidgetCode {
  readonly createWidgetApp: (shell: WidgetShell) => WidgetApp
}

/** The page's side of the widget, as what is loaded later sees it. */
export interface WidgetShell {
  readonly options: WidgetOptions
  /** In the shadow root: all that is shown is in it. */
  readonly root: HTMLElement
  readonly styles: (css: string) => void
  /** Shows on the bubble how many messages are new. */
  readonly showUnread: (count: number) => void
  /** Called when the visitor closes it. */
  readonly close: () => void
  /** Remembers whether a conversation is open, so that the next page connects for it at once. */
  readonly remember: (hasConversation: boolean) => void
}

import type { GetTokenAuth, GuestAuth, TokenAuth } from '../connection/auth.ts'
import type { ChatStorage } from '../connection/guest-tokens.ts'
import type { WidgetTexts } from './texts.ts'

/** Who the visitor is: a guest, or somebody whom the team's own back end knows. */
export type WidgetAuth = GuestAuth | TokenAuth | GetTokenAuth

export interface WidgetOptions {
  /** The server's address, for example `https://chat.example`. */
  readonly url: string
  /** Where the server has its sockets, if it is not `/socket.io`. */
  readonly path?: string | undefined
  readonly auth: WidgetAuth
  /** The name of the topic of new conversations. Default: the visitor chooses, where there are several. */
  readonly topic?: string | undefined
  /** What stands at the top. Default: `Support`. */
  readonly title?: string | undefined
  /** What visitors read before they write. */
  readonly greeting?: string | undefined
  /** The brand's colour as `#rrggbb`; what is written on it is black or white, whichever is easier to read. */
  readonly color?: string | undefined
  /** Default: `auto`, as the visitor's system is. */
  readonly theme?: 'auto' | 'light' | 'dark' | undefined
  /** Where the bubble is. Default: `right`. */
  readonly side?: 'left' | 'right' | undefined
  /** Whether it sounds when somebody answers, until the visitor turns it off or on. Default: true. */
  readonly sound?: boolean | undefined
  /** Whether guests are asked for their name, which they need not give. Default: true. */
  readonly askName?: boolean | undefined
  /** Whether it is open at once. Default: false. */
  readonly isOpen?: boolean | undefined
  /** What it says, in other words or another language. */
  readonly texts?: Partial<WidgetTexts> | undefined
  /** Where it keeps who a guest is. Default: the browser's `localStorage`. */
  readonly storage?: ChatStorage | undefined
}

/** What can change while it is there. */
export type WidgetChanges = Pick<WidgetOptions, 'auth'>

/** The widget on a page. */
export interface Widget {
  readonly open: () => void
  readonly close: () => void
  /**
   * Another token of the same visitor, or another visitor, such as a guest who has logged in. Another `getToken` counts as another
   * visitor's, who sees nothing of the last one, unless both have the same `user_id`.
   */
  readonly update: (changes: WidgetChanges) => void
  /** Takes it off the page and ends its connection. */
  readonly destroy: () => void
}

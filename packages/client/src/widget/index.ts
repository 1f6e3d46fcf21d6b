import { openWidget as open } from './open-widget.ts'
import type { Widget, WidgetOptions } from './options.ts'

export type { Widget, WidgetAuth, WidgetChanges, WidgetOptions } from './options.ts'
export type { WidgetTexts } from './texts.ts'

/**
 * Puts the support widget on a page: a bubble, behind which visitors ask, see their place in the line and talk with whoever answers.
 * What is behind the bubble is loaded when it is opened, or when a conversation of an earlier page goes on. In a browser only.
 *
 * @example
 * ```ts
 * const widget = openWidget({ url: 'https://chat.example', auth: { guest: true, workspace_id: 'shop' }, color: '#0b7a4b' })
 * ```
 */
export function openWidget(options: WidgetOptions): Widget {
  return open(options, () => import('./widget-app.ts'))
}

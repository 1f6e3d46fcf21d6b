import { openWidget, type WidgetCode } from './open-widget.ts'
import type { Widget } from './options.ts'
import { scriptOptions } from './script-options.ts'

// What `<script src="https://chat.example/widget.js">` runs.

declare global {
  interface Window {
    /** The page's widget, once its script has run. */
    dowellchatWidget?: Widget
  }
}

const script = document.currentScript as HTMLScriptElement | null

/** A file beside the script, whichever page it is on. Its name is the same for every version: one that is open may be older. */
const load = (): Promise<WidgetCode> => import(new URL('widget/app.js', script?.src).href)

function start(): void {
  if (!script || window.dowellchatWidget) return
  const widget = openWidget(scriptOptions(script.dataset, script.src), load)
  window.dowellchatWidget = widget
  window.dispatchEvent(new Event('dowellchat-widget'))
}

if (document.body) start()
else document.addEventListener('DOMContentLoaded', start)

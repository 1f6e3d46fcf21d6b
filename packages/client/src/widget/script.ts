import { openWidget } from './open-widget.ts'
import type { Widget, WidgetAuth } from './options.ts'
import { type ScriptData, scriptOptions, visitorOf } from './script-options.ts'
import type { WidgetCode } from './shell.ts'

// What `<script src="https://chat.example/widget.js">` runs.

declare global {
  interface Window {
    /** The page's widget, once its script has run. */
    dowellchatWidget?: Widget
  }
}

const script = document.currentScript as HTMLScriptElement | null

/** A file beside the script, whichever page it is on. Its name is the same for every version: one that is open may be older. */
const fetchCode = (): Promise<WidgetCode> => import(new URL('widget/app.js', script?.src).href)

/** What is behind the bubble, for whoever the visitor is by then. */
async function load(data: ScriptData, auth: WidgetAuth): Promise<WidgetCode> {
  const [{ createWidgetApp }, visitor] = await Promise.all([fetchCode(), visitorOf(data)])
  return {
    createWidgetApp(shell) {
      const { options } = shell
      // The page may have said meanwhile who it is.
      const isAsScriptSays = options.auth === auth && visitor !== undefined
      return createWidgetApp(isAsScriptSays ? { ...shell, options: { ...options, auth: visitor } } : shell)
    },
  }
}

function start(): void {
  if (!script || window.dowellchatWidget) return
  let isAsScriptSays = true
  const options = scriptOptions(script.dataset, script.src, (guest) => {
    if (isAsScriptSays) opened.update({ auth: guest })
  })
  const opened = openWidget(options, () => load(script.dataset, options.auth))
  const widget: Widget = {
    ...opened,
    update(changes) {
      isAsScriptSays = false
      opened.update(changes)
    },
    destroy() {
      opened.destroy()
      // Whoever puts the script on the page again gets another one.
      if (window.dowellchatWidget === widget) delete window.dowellchatWidget
    },
  }
  window.dowellchatWidget = widget
  window.dispatchEvent(new Event('dowellchat-widget'))
}

if (document.body) start()
else document.addEventListener('DOMContentLoaded', start)

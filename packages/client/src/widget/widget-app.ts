import { createPanel } from './panel.ts'
import { panelStyles } from './panel-styles.ts'
import type { WidgetApp, WidgetShell } from './shell.ts'
import { createSound } from './sound.ts'
import { textsOf } from './texts.ts'
import { openVisit, type Visit } from './visit.ts'

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
  let { options } = shell
  let isOpen = false
  let visit = startVisit()

  function startVisit(): Visit {
    const onMessage = (): void => {
      if (!isOpen || document.hidden) sound.play()
    }
    return openVisit({ shell, panel, options, say, onMessage, onOther: startAnew })
  }

  /** Another visitor, who sees nothing of the last one. */
  function startAnew(): void {
    visit.close()
    visit = startVisit()
    visit.setOpen(isOpen)
  }

  return {
    open(takesFocus = true) {
      isOpen = true
      sound.prepare()
      panel.setShown(true)
      visit.setOpen(true)
      if (takesFocus) panel.focus()
    },
    close() {
      isOpen = false
      panel.setShown(false)
      visit.setOpen(false)
    },
    update(changes) {
      options = { ...options, ...changes }
      if (!visit.update(changes)) startAnew()
    },
    destroy() {
      visit.close()
      sound.close()
      panel.element.remove()
    },
  }
}

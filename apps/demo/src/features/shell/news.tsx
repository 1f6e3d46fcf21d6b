import { useUnread } from '@dowellchat/client/react'
import { useTitleCount } from '../../lib/use-title.ts'
import { whenDone } from '../../lib/when-done.ts'
import { usePageSettings } from './page-settings.ts'
import { useHeard } from './use-heard.ts'

/** New messages elsewhere: their number in the tab's title, and a soft sound. */
export function News() {
  useTitleCount(useUnread().unread)
  const { hasSound } = usePageSettings()
  return hasSound ? <NewsSound /> : null
}

function NewsSound() {
  useHeard(play)
  return null
}

function play(): void {
  whenDone(import('./play-sound.ts'), ({ playSound }) => playSound())
}

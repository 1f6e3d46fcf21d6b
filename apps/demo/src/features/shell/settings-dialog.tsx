import { useSession } from '@dowellchat/client/react'
import { Dialog } from '../../components/dialog.tsx'
import { lazyPart } from '../../components/lazy-part.tsx'
import { Switch } from '../../components/switch.tsx'
import { OwnStatus } from '../people/own-status.tsx'
import { usePerson } from '../people/use-person.ts'
import { changePageSettings, usePageSettings } from './page-settings.ts'

const NotificationSetting = lazyPart(
  async () => (await import('../notifications/parts.ts')).NotificationSetting,
)

interface SettingsDialogProps {
  readonly onClose: () => void
  readonly onHelp: () => void
}

/** How others see you, what they learn of you, and how this page behaves. */
export function SettingsDialog({ onClose, onHelp }: SettingsDialogProps) {
  const { can } = useSession()
  const { hasSound } = usePageSettings()
  const person = usePerson()
  return (
    <Dialog title="Your status and settings" onClose={onClose}>
      {can('set_presence') && <OwnStatus />}
      <Switch
        label="Sound for new messages and calls"
        hint="Muted rooms are always quiet."
        isOn={hasSound}
        onChange={(isOn) => changePageSettings({ hasSound: isOn })}
      />
      {person && !person.isGuest && <NotificationSetting person={person} />}
      <button type="button" className="button" onClick={onHelp}>
        Keyboard shortcuts
      </button>
    </Dialog>
  )
}

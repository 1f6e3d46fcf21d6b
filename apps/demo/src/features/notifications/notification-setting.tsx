import { useAction } from '@dowellchat/client/react'
import { useState } from 'react'
import { Problem } from '../../components/problem.tsx'
import { Switch } from '../../components/switch.tsx'
import { useAtOnce } from '../../lib/use-at-once.ts'
import type { NamedPerson } from '../people/person.ts'
import { notify, useNotified } from './enabled.ts'
import { canNotify, subscribe, unsubscribe } from './push.ts'

const refused = 'Notifications are not allowed for this page. Allow them in the browser’s settings.'

/** Whether this browser shows news while you look at something else. */
export function NotificationSetting({ person }: { readonly person: NamedPerson }) {
  const isOn = useNotified() === person.userId
  const [isPushed, setIsPushed] = useState<boolean | null>(null)
  const change = useAction(async (wanted: boolean) => {
    if (wanted) await turnOn(person, setIsPushed)
    else await unsubscribe()
    notify(wanted ? person.userId : '')
  })
  const [isShown, choose] = useAtOnce(isOn, (wanted: boolean) => change.run(wanted))
  if (!canNotify()) return null
  return (
    <>
      <Switch
        label="Notifications on this device"
        hint={hintOf(isOn, isPushed)}
        isOn={isShown}
        onChange={choose}
      />
      <Problem what={change.error} />
    </>
  )
}

function hintOf(isOn: boolean, isPushed: boolean | null): string {
  if (!isOn || isPushed === null) return 'For messages, tickets and calls while you look at something else.'
  return isPushed
    ? 'Also while this page is closed.'
    : 'While this page is open in the background; this server pushes nothing to closed ones.'
}

async function turnOn(person: NamedPerson, setIsPushed: (is: boolean) => void): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') throw new Error(refused)
  setIsPushed(await subscribe(person))
}

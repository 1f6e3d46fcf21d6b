import { useEffect } from 'react'
import { lazyPart } from '../../components/lazy-part.tsx'
import { usePerson } from '../people/use-person.ts'
import { notifiedHere, notify, useNotified } from './enabled.ts'

const load = () => import('./parts.ts')
const BackgroundNotes = lazyPart(async () => (await load()).BackgroundNotes, { failing: 'silently' })

/** Notifications of this browser, where somebody has turned them on. They end when somebody else enters in their tab. */
export function Notifications() {
  const person = usePerson()
  const notified = useNotified()
  const own = person && !person.isGuest ? person : null
  const isOthers =
    person !== null && notified !== '' && notified !== own?.userId && notified === notifiedHere.get()
  useEffect(() => {
    if (!isOthers) return
    notify('')
    void load()
      .then(({ unsubscribe }) => unsubscribe())
      .catch(() => undefined)
  }, [isOthers])
  if (!own || notified !== own.userId) return null
  return <BackgroundNotes person={own} />
}

import type { ListedRoom } from '@dowellchat/client'
import { useIncomingCall } from '@dowellchat/client/react'
import { useCallback, useEffect } from 'react'
import { useHashLocation } from 'wouter/use-hash-location'
import { paths } from '../../lib/paths.ts'
import { contentWords } from '../conversation/message/content-words.ts'
import { nameFromId } from '../people/names.ts'
import type { NamedPerson } from '../people/person.ts'
import { useNameOf } from '../people/use-name-of.ts'
import { useHeard } from '../shell/use-heard.ts'
import { notifiedHere } from './enabled.ts'
import { startWorker, subscribe } from './push.ts'

interface BackgroundNotesProps {
  readonly person: NamedPerson
}

/** Notifications while the page is open and somebody looks at something else, and what a click on one opens. */
export function BackgroundNotes({ person }: BackgroundNotesProps) {
  useOpening(person.name)
  useEffect(() => {
    notifiedHere.set(person.userId)
    // What is kept of a subscription is renewed by it. Who pushes may be away: then this page alone shows notes.
    subscribe(person).catch(() => startWorker(person).catch(() => undefined))
  }, [person])
  useHeard(useCallback((rooms) => rooms.forEach(tellRoom), []))
  useCallNote()
  return null
}

/** The service worker asks whose page this is, and says what a click on a notification is to open. */
function useOpening(name: string): void {
  const [, navigate] = useHashLocation()
  useEffect(() => {
    const onMessage = ({ data, ports: [answer] }: MessageEvent): void => {
      const { asksFor, open } = Object(data) as { asksFor?: unknown; open?: unknown }
      answer?.postMessage(asksFor === name)
      if (typeof open === 'string' && open.startsWith('/')) navigate(open)
    }
    navigator.serviceWorker.addEventListener('message', onMessage)
    return () => navigator.serviceWorker.removeEventListener('message', onMessage)
  }, [navigate, name])
}

function tellRoom({ _id, kind, title, last }: ListedRoom): void {
  if (!last) return
  const author = last.display_name ?? nameFromId(last.author ?? '')
  const place = kind === 'direct' ? author : `${author} in ${title ?? _id}`
  show(place, { body: contentWords(last), tag: `room:${_id}`, data: paths.room(_id) })
}

const callTag = 'incoming-call'

function useCallNote(): void {
  const { call } = useIncomingCall()
  const callId = call?.callId
  const caller = useNameOf(call?.userId ?? call?.from ?? '', call?.name)
  const body = call?.media === 'audio' ? 'Calls you' : 'Calls you with video'
  useEffect(() => {
    if (callId === undefined) return
    show(caller, { body, tag: callTag, data: paths.calls, requireInteraction: true })
  }, [callId, caller, body])
  useEffect(() => (callId === undefined ? undefined : () => hide(callTag)), [callId])
}

/** Settles once nothing is about to be shown or hidden. What is hidden while it is being shown would stay. */
let turn: Promise<void> = Promise.resolve()

function inTurn(change: () => Promise<void>): void {
  // Notifications may not be allowed any more: then nothing is shown.
  turn = turn.then(change).catch(() => undefined)
}

/** Shows a notification, unless somebody looks at the page. */
function show(title: string, options: NotificationOptions): void {
  if (document.visibilityState === 'visible' && document.hasFocus()) return
  inTurn(async () => {
    const registration = await navigator.serviceWorker.getRegistration()
    await registration?.showNotification(title, { icon: '/icon-192.png', badge: '/badge.png', ...options })
  })
}

function hide(tag: string): void {
  inTurn(async () => {
    const registration = await navigator.serviceWorker.getRegistration()
    for (const one of (await registration?.getNotifications({ tag })) ?? []) one.close()
  })
}

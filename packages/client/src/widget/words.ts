import type { Topic } from '../entities.ts'
import { isRequestError, type RequestError } from '../errors.ts'
import type { Place } from './place.ts'
import type { Say, WidgetTexts } from './texts.ts'

/** Tickets before one are counted up to here. */
const mostAhead = 1_000

/** How long it takes, for people: whole minutes, or hours from ninety minutes on. */
export function waitText(say: Say, { low, high }: { readonly low: number; readonly high: number }): string {
  if (high <= 0) return say('wait_moment')
  if (high < 1) return say('wait_minute')
  if (low >= 24 * 60) return say('wait_day')
  const isLong = high > 90
  const unit = isLong ? 60 : 1
  const [least, most] = [Math.max(1, Math.floor(low / unit)), Math.ceil(high / unit)]
  if (most === 1) return say('wait_one')
  if (least === most) return say(isLong ? 'wait_same_hours' : 'wait_same', { high: most })
  return say(isLong ? 'wait_hours' : 'wait_minutes', { low: least, high: most })
}

/** What somebody reads who waits. */
export function placeText(say: Say, place: Place | null, awayText?: string | null): string {
  if (!place) return say('waiting')
  const { ahead, wait, reason } = place
  if (reason !== null) {
    const why = (reason !== 'on_hold' && awayText) || reasonText(say, reason)
    return [why, opensText(say, place)].filter(Boolean).join('. ')
  }
  return wait ? `${numberText(say, ahead)} · ${waitText(say, wait)}` : numberText(say, ahead)
}

/** What somebody reads who has not asked yet. */
export function answerTimeText(say: Say, place: Place, awayText?: string | null): string {
  const { wait } = place
  if (!wait) return placeText(say, place, awayText)
  return wait.high <= 0 ? say('answer_now') : say('answer_time', { wait: waitText(say, wait) })
}

function numberText(say: Say, ahead: number): string {
  if (ahead === 0) return say('place_next')
  if (ahead >= mostAhead) return say('place_many', { count: ahead.toLocaleString() })
  return say('place_number', { place: ahead + 1 })
}

function reasonText(say: Say, reason: string): string {
  if (reason === 'on_hold' || reason === 'closed_hours' || reason === 'nobody_online') return say(reason)
  return say('waiting')
}

function opensText(say: Say, { opensAt }: Place): string {
  return opensAt === null ? '' : say('opens_at', { time: dayAndTime(opensAt) })
}

/** What the widget says instead of texts that are meant for developers and may name ids. */
const failures: Readonly<Record<string, keyof WidgetTexts>> = {
  ticket_closed: 'error_ticket_closed',
  queue_full: 'error_queue_full',
  rate_limited: 'error_rate_limited',
  too_large: 'error_too_large',
  unavailable: 'error_unavailable',
  timeout: 'error_unavailable',
  unauthenticated: 'error_unauthenticated',
  forbidden: 'error_forbidden',
  limit_reached: 'error_limit_reached',
}

/**
 * Whether a team's own rule has refused a message, in words for its sender. Everybody may send these requests; where `authorize` lets
 * somebody not, the server says so by the request's name.
 */
function isRuled({ request, message }: RequestError): boolean {
  return (request === 'ticket_message_event' || request === 'create_ticket') && !message.startsWith(request)
}

/** Why something failed, for visitors. */
export function failureText(say: Say, error: unknown): string {
  const { code = '' } = (error ?? {}) as Partial<RequestError>
  if (code === 'forbidden' && isRequestError(error) && isRuled(error)) return error.message
  const other = isRequestError(error, 'create_upload') && !error.retryable ? 'error_file' : 'error_other'
  return say(failures[code] ?? other)
}

/** A topic's title, made of its name where it has none. */
export function topicTitle({ name, title }: Pick<Topic, 'name' | 'title'>): string {
  if (title) return title
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A time of today as a time, any other with its day. */
export function dayAndTime(time: string, now: Date = new Date()): string {
  const date = new Date(time)
  const isToday = date.toDateString() === now.toDateString()
  const clock = { hour: '2-digit', minute: '2-digit' } as const
  if (isToday) return date.toLocaleTimeString(undefined, clock)
  return date.toLocaleString(undefined, { weekday: 'short', day: 'numeric', month: 'short', ...clock })
}

export function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

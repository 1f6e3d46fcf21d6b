import type { DeliveryChange, DeliveryNote, DeliveryRow, Notice } from '../domains/deliveries.ts'
import { newId } from '../ids.ts'
import { type Fields, integer, orNull, text } from './field.ts'

export const deliveryFields: Fields<DeliveryRow> = {
  _id: text,
  consumer: text,
  stream: text,
  since: text,
  epoch: orNull(text),
  seq: orNull(integer),
  noted: integer,
  due_at: orNull(text),
  failures: integer,
  failing_since: orNull(text),
  problem: orNull(text),
  parked_at: orNull(text),
  event_text: orNull(text),
  version: integer,
}

export const noticeFields: Fields<Notice> = {
  _id: text,
  consumer: text,
  stream: text,
  user_id: text,
  nth: integer,
  at: text,
}

/** What is known of failures where there are none. */
export const fresh = { failures: 0, failing_since: null, problem: null, parked_at: null }

const callPrefix = 'call:'

/** Beside streams, what a notice of somebody's missed calls names. */
export function callsOf(caller: string): string {
  return `${callPrefix}${caller}`
}

/** Whose calls a notice is about; undefined where it is about a stream. */
export function callerIn(stream: string): string | undefined {
  return stream.startsWith(callPrefix) ? stream.slice(callPrefix.length) : undefined
}

/** Beside streams, what a delivery of missed calls names: `talkers` stands for the two people. */
export function missedCallsOf(talkers: string): string {
  return `missed:${talkers}`
}

/** The row that says since when a consumer follows a workspace. */
export function followRow(consumer: string, since: string): DeliveryRow {
  return { ...newDelivery({ consumer, stream: '', since, head: 0, due_at: since }), due_at: null }
}

export function newDelivery({
  consumer,
  stream,
  since,
  head,
  due_at,
  event_text,
}: DeliveryNote): DeliveryRow {
  return {
    _id: newId(),
    consumer,
    stream,
    since,
    epoch: null,
    seq: null,
    noted: head,
    due_at,
    ...fresh,
    event_text: event_text ?? null,
    version: 1,
  }
}

type Changes = DeliveryChange & Pick<Partial<DeliveryRow>, 'noted'> & Pick<DeliveryRow, 'version'>

/** What a note changes in a row; undefined where it changes nothing. */
export function noteChanges(row: DeliveryRow, { head, due_at }: DeliveryNote): Changes | undefined {
  const isKnown = head <= row.noted
  const isDelivered = row.seq !== null && row.seq >= head
  if (isKnown && (row.due_at !== null || row.parked_at !== null || isDelivered)) return undefined
  const noted = Math.max(head, row.noted)
  return { noted, due_at: dueAfterNote(row, due_at), version: row.version + 1 }
}

/** What has failed waits for its next try, and what is parked for an operator. */
function dueAfterNote({ due_at: known, failures, parked_at }: DeliveryRow, due_at: string): string | null {
  if (parked_at !== null) return null
  return known === null || (failures === 0 && due_at < known) ? due_at : known
}

/** Notes of one consumer and stream as one: the highest counts. */
export function distinctNotes(notes: readonly DeliveryNote[]): DeliveryNote[] {
  const highest = new Map<string, DeliveryNote>()
  for (const note of notes) {
    const name = nameOf(note)
    const known = highest.get(name)
    if (!known || note.head > known.head) highest.set(name, note)
  }
  return [...highest.values()]
}

/** A row's place as one text; no part has control characters. */
export function nameOf({ consumer, stream }: Pick<DeliveryRow, 'consumer' | 'stream'>): string {
  return `${consumer}\n${stream}`
}

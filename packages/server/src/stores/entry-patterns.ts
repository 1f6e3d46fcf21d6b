import { ChangeKind, MessageKind, RemovalReason } from '@dowellchat/protocol'

/** A JSON string, without groups and without a way to match one text twice. */
const text = String.raw`"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"`
const plain = String.raw`"[^"\\\x00-\x1f]+"`
const time = String.raw`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"`
const count = String.raw`\d+`
const number = String.raw`-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?`
const orNull = (pattern: string): string => `(?:null|${pattern})`
const oneOf = (names: object): string => `"(?:${Object.values(names).join('|')})"`
const listOf = (pattern: string): string => String.raw`\[(?:${pattern}(?:,${pattern})*)?\]`

/** JSON of so many levels; deeper ones take the longer way. */
function json(levels: number): string {
  const scalar = `(?:${text}|${number}|true|false|null)`
  return levels === 0 ? scalar : `(?:${scalar}|${listOf(json(levels - 1))}|${objectOf(json(levels - 1))})`
}

function objectOf(value: string): string {
  return String.raw`\{(?:${text}:${value}(?:,${text}:${value})*)?\}`
}

/** The fields that may be missing, in the order in which they are written. */
function optional(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, pattern]) => `(?:,"${name}":${pattern})?`)
    .join('')
}

const reason = oneOf(RemovalReason.def.entries)
const ofTicket = { ticket_id: text, product: text }
const mentions = listOf(String.raw`\{"user_id":${text},"start":${count},"end":${count}\}`)
const reaction = String.raw`\{"reaction":${text},"count":${count},"user_ids":${listOf(text)}\}`
const quote = [
  String.raw`\{"_id":${text},"seq":${count},"nth":${count},"author":${orNull(text)}`,
  String.raw`"display_name":${orNull(text)},"message_data":${text}\}`,
].join()

const message =
  [
    `"message","kind":${oneOf(MessageKind.def.entries)},"cid":${text},"message_data":${text}`,
    `"author":${orNull(text)},"display_name":${orNull(text)},"reply_to":${orNull(text)}`,
    `"created_at":${time},"client_created_at":${orNull(text)}`,
  ].join() +
  optional({
    ...ofTicket,
    reason,
    mentions,
    metadata: objectOf(json(2)),
    quote,
    version: count,
    edited_at: time,
    reactions: listOf(reaction),
    pinned_at: time,
    pinned_by: text,
    has_thread: '(?:true|false)',
  })

const deletion = `"deletion","targets":${listOf(count)},"reason":${reason},"created_at":${time}`

const change =
  [
    `"change","change":${oneOf(ChangeKind.def.entries)},"target":${count},"cid":${text}`,
    `"by":${orNull(text)},"created_at":${time}`,
  ].join() + optional({ ...ofTicket, message_data: text, mentions, reaction })

/**
 * An entry as the stores write it, and what follows it in a page. The groups are its id, stream, seq and nth, and what it is
 * if it is a message.
 */
export const entryPattern = String.raw`\{"_id":(${plain}),"stream":(${text}),"seq":(\d+),"nth":(\d+),"type":(?:(${message})|${deletion}|${change})\}(?:,|$)`

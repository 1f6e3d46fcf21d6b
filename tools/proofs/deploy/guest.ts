import type { DarkTimes } from './dark-times.ts'

/** A message that somebody has sent, and its place once the server has answered. */
export interface Sent {
  readonly room: string
  readonly text: string
  place: { readonly _id: string; readonly seq: number } | undefined
}

/** Somebody in one room. */
export interface Guest {
  readonly kind: 'sdk' | 'plain'
  readonly user: string
  readonly room: string
  readonly sent: readonly Sent[]
  readonly dark: DarkTimes
  /** Whether everything is there, and comes live. */
  readonly isLive: boolean
  /** How far it is, in words, for a report. */
  readonly state: string
  /** What it shows: the ids, in the order shown. */
  readonly shown: readonly string[]
  /** How often it was told to try again later; the SDK does this by itself. */
  readonly repeats: number
  /** What the server must not have done to it. */
  readonly problems: readonly string[]
  say(text: string): void
  close(): void
}

import type { TrackKind } from './fake-track.ts'

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'

/** What is offered or answered for one place. */
export interface Section {
  readonly kind: TrackKind | 'application'
  readonly mid: string
  readonly direction: Direction
}

/** What fake connections say of themselves. */
export interface FakeSdp {
  /** Who it is, and the how manieth way to connect it is: another one after each ICE restart. */
  readonly ufrag: string
  readonly sections: readonly Section[]
}

const protocols = {
  audio: 'UDP/TLS/RTP/SAVPF 111',
  video: 'UDP/TLS/RTP/SAVPF 96',
  application: 'UDP/DTLS/SCTP webrtc-datachannel',
}

/** A description in the form of WebRTC's. */
export function writeSdp({ ufrag, sections }: FakeSdp): string {
  const head = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0']
  const bundle = `a=group:BUNDLE ${sections.map(({ mid }) => mid).join(' ')}`
  const lines = sections.flatMap(({ kind, mid, direction }) => [
    `m=${kind} 9 ${protocols[kind]}`,
    'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${ufrag}`,
    'a=ice-pwd:fake-password-of-24-chars',
    `a=mid:${mid}`,
    kind === 'application' ? 'a=sctp-port:5000' : `a=${direction}`,
  ])
  return [...head, bundle, ...lines, ''].join('\r\n')
}

/** Reads a description, of whomever. Throws if it is none. */
export function readSdp(sdp: string): FakeSdp {
  if (!sdp.startsWith('v=0')) throw new DOMException('This is no description', 'OperationError')
  const sections = sdp.split(/\r?\nm=/).slice(1)
  return {
    ufrag: /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1] ?? '',
    sections: sections.map((text, index) => ({
      kind: (/^(audio|video)/.exec(text)?.[1] ?? 'application') as Section['kind'],
      mid: /^a=mid:(\S+)/m.exec(text)?.[1] ?? String(index),
      direction: (/^a=(sendrecv|sendonly|recvonly|inactive)/m.exec(text)?.[1] ?? 'sendrecv') as Direction,
    })),
  }
}

export const isSending = (direction: Direction | null): boolean =>
  direction === 'sendrecv' || direction === 'sendonly'

export const isReceiving = (direction: Direction | null): boolean =>
  direction === 'sendrecv' || direction === 'recvonly'

/** What remains of an offer. */
export function answerTo(offered: Direction, own: Direction): Direction {
  return directionOf(isSending(own) && isReceiving(offered), isReceiving(own) && isSending(offered))
}

/** The same from the other party's side. */
export const reversed = (direction: Direction): Direction =>
  directionOf(isReceiving(direction), isSending(direction))

function directionOf(sends: boolean, receives: boolean): Direction {
  if (sends) return receives ? 'sendrecv' : 'sendonly'
  return receives ? 'recvonly' : 'inactive'
}

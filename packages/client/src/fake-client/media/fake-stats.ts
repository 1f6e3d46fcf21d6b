import { isReceiving, isSending } from './fake-sdp.ts'
import type { FakeTransceiver } from './fake-transceiver.ts'

interface Measured {
  getTransceivers(): readonly FakeTransceiver[]
}

/** What has come and gone by each connection: more with each look, since there is no clock here. */
const looks = new WeakMap<Measured, number>()
const packetsALook = 100

/** The answer of `getStats`, with what tells how well sound and picture come through. */
export function statsOf(peer: Measured, isFlowing: boolean, roundTripTime: number): Map<string, object> {
  const nth = (looks.get(peer) ?? 0) + (isFlowing ? 1 : 0)
  looks.set(peer, nth)
  const packets = nth * packetsALook
  const pair = {
    ...{ type: 'candidate-pair', nominated: true, state: isFlowing ? 'succeeded' : 'in-progress' },
    currentRoundTripTime: roundTripTime,
  }
  const reports: object[] = [pair]
  for (const { mid, currentDirection, sender, receiver } of peer.getTransceivers()) {
    const { kind } = receiver.track
    if (sender.track && isSending(currentDirection)) {
      const { id: trackIdentifier, level: audioLevel } = sender.track
      reports.push(
        { type: 'media-source', kind, mid, trackIdentifier, ...(kind === 'audio' && { audioLevel }) },
        { type: 'outbound-rtp', kind, mid, packetsSent: packets },
        { type: 'remote-inbound-rtp', kind, fractionLost: 0, roundTripTime },
      )
    }
    if (isReceiving(currentDirection) && !receiver.track.muted) {
      const { id: trackIdentifier, level: audioLevel } = receiver.track
      const counts = { packetsReceived: packets, packetsLost: 0, jitter: 0 }
      const more = kind === 'audio' ? { audioLevel } : { framesDecoded: packets }
      reports.push({ type: 'inbound-rtp', kind, mid, trackIdentifier, ...counts, ...more })
    }
  }
  return new Map(
    reports.map((report, index) => [`${index}`, { id: `${index}`, timestamp: Date.now(), ...report }]),
  )
}

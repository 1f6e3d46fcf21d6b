import type { Candidate, ConnectionSignal, Description } from './signal.ts'

/** What two parties settle after offer and answer: more candidates, and renewed offers and answers. */
export interface Negotiation {
  /** Sends the candidates that are found from now on. */
  readonly sendCandidates: () => void
  /**
   * Offer and answer are exchanged.
   * @param isOpen whether the other party understands what comes now
   */
  readonly begin: (side: 'caller' | 'callee', isOpen: boolean) => void
  readonly isOpen: () => boolean
  /** Takes what the other party has sent. What comes before `begin`, but for candidates, is about an earlier connection. */
  readonly take: (signal: ConnectionSignal) => void
  /** Looks for other ways to each other (ICE restart). */
  readonly restart: () => void
}

/** Candidates that may arrive before the description that they belong to. */
const mostEarly = 32
/** Both parties notice an interruption at about the same time: one offer is enough. */
const againMs = 4_000

/**
 * Perfect negotiation, as WebRTC 1.0 has it in its examples: where two offers cross, the caller's wins and the callee takes its
 * own back. One thing is done after the other, so a collision shows in the signalling state alone. Only the caller renews:
 * the callee asks for it. So an offer that was lost never blocks a later one.
 */
export function createNegotiation(
  connection: RTCPeerConnection,
  send: (signal: ConnectionSignal) => void,
  closed: AbortSignal,
): Negotiation {
  const until = { signal: closed }
  const early: Candidate[] = []
  let side: 'caller' | 'callee' = 'caller'
  let isOpen = false
  let isSending = false
  let turn: Promise<unknown> = Promise.resolve()
  /** The number of the newest own offer; the first one, which rang, is 0. */
  let nr = 0
  let offeredAt = 0

  /** What fails here, a restart mends, or nothing. */
  function inTurn(work: () => Promise<unknown>): void {
    turn = turn.then(work).catch(() => undefined)
  }

  async function offer(): Promise<void> {
    if (!isOpen) return
    offeredAt = Date.now()
    nr += 1
    await connection.setLocalDescription()
    sendOwn(nr)
  }

  function sendOwn(number: number | undefined): void {
    const { type, sdp } = connection.localDescription ?? {}
    if (type === 'offer' || type === 'answer') send({ type, sdp: sdp ?? '', nr: number })
  }

  async function takeDescription({ type, sdp, nr: number }: Description): Promise<void> {
    if (type === 'answer' && number !== nr) return
    if (type === 'offer' && connection.signalingState !== 'stable' && side === 'caller') return
    await connection.setRemoteDescription({ type, sdp })
    if (type === 'answer') return
    await connection.setLocalDescription()
    sendOwn(number)
  }

  async function takeCandidate(signal: Candidate): Promise<void> {
    if (connection.remoteDescription) await connection.addIceCandidate(signal.candidate)
    else if (early.length < mostEarly) early.push(signal)
  }

  function renew(): void {
    inTurn(() => {
      connection.restartIce()
      return offer()
    })
  }

  connection.addEventListener(
    'icecandidate',
    ({ candidate: found }) => {
      if (!found?.candidate || !isSending) return
      const { candidate, sdpMLineIndex, sdpMid } = found
      send({ type: 'candidate', candidate: { candidate, sdpMLineIndex, sdpMid } })
    },
    until,
  )
  connection.addEventListener(
    'negotiationneeded',
    // Something is negotiated already otherwise; the browser says it again after that.
    () => inTurn(async () => (connection.signalingState === 'stable' ? offer() : undefined)),
    until,
  )

  return {
    sendCandidates() {
      isSending = true
    },
    begin(asSide, isUnderstood) {
      side = asSide
      isOpen = isUnderstood
      for (const one of early.splice(0)) inTurn(() => takeCandidate(one))
    },
    isOpen: () => isOpen,
    take(signal) {
      if (signal.type === 'candidate') return inTurn(() => takeCandidate(signal))
      if (!isOpen) return
      if (signal.type !== 'renegotiate') inTurn(() => takeDescription(signal))
      else if (side === 'caller' && Date.now() - offeredAt > againMs) renew()
    },
    restart() {
      if (!isOpen) return
      if (side === 'caller') renew()
      else send({ type: 'renegotiate' })
    },
  }
}

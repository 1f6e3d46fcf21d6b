import type { CallQuality } from '../call.ts'

const everyMs = 2_000

/** Up to where a measure is good, and up to where it is fair. */
type Steps = readonly [good: number, fair: number]

const steps = {
  /** Google's congestion control (draft-ietf-rmcat-gcc-02, loss-based) sends more below 2 % and less above 10 %. */
  loss: [0.02, 0.1],
  /**
   * Seconds there and back. ITU-T G.114: up to 150 ms one way are hardly noticed, and 400 ms are the most, of which devices take
   * some 100 ms.
   */
  roundTrip: [0.3, 0.6],
  /** Seconds. Networks for speech are planned for 30 ms (Cisco's QoS design); what browsers even out costs as much delay. */
  jitter: [0.03, 0.1],
} as const satisfies Record<string, Steps>

type Measures = { readonly [Name in keyof typeof steps]: number }

/** Says how well sound and picture come through, whenever that changes. Call the answer to stop. */
export function followQuality(
  stats: () => Promise<RTCStatsReport>,
  tell: (quality: CallQuality) => void,
): () => void {
  let before: Counts = { lost: 0, received: 0 }
  let isFollowed = true

  async function look(): Promise<void> {
    const reports = [...(await stats()).values()] as Report[]
    const now = countsIn(reports)
    const measures = { loss: lossBetween(before, now, reports), ...delaysIn(reports) }
    // Nothing has come since: that is no quality.
    const isSilent = now.received === before.received
    before = now
    if (isFollowed && !isSilent) tell(qualityOf(measures))
  }

  const timer = setInterval(() => void look().catch(() => undefined), everyMs)
  return () => {
    isFollowed = false
    clearInterval(timer)
  }
}

/** The worst of the measures decides. */
export function qualityOf(measures: Measures): CallQuality {
  const names = Object.keys(steps) as (keyof Measures)[]
  const worst = Math.max(...names.map((name) => steps[name].filter((most) => measures[name] >= most).length))
  return (['good', 'fair', 'poor'] as const)[worst] ?? 'poor'
}

/** The fields of the browser's reports that are looked at. */
interface Report {
  readonly type: string
  readonly packetsLost?: number
  readonly packetsReceived?: number
  readonly jitter?: number
  readonly fractionLost?: number
  readonly roundTripTime?: number
  readonly nominated?: boolean
  readonly state?: string
  readonly currentRoundTripTime?: number
}

interface Counts {
  readonly lost: number
  readonly received: number
}

function countsIn(reports: readonly Report[]): Counts {
  const inbound = reports.filter(({ type }) => type === 'inbound-rtp')
  return {
    lost: inbound.reduce((sum, { packetsLost = 0 }) => sum + packetsLost, 0),
    received: inbound.reduce((sum, { packetsReceived = 0 }) => sum + packetsReceived, 0),
  }
}

/** What was lost on the way here since the last look, or on the way there, as the other party reports it. */
function lossBetween(before: Counts, now: Counts, reports: readonly Report[]): number {
  const [lost, received] = [now.lost - before.lost, now.received - before.received]
  const here = lost > 0 ? lost / (lost + received) : 0
  return Math.max(here, ...reports.map(({ fractionLost = 0 }) => fractionLost))
}

function delaysIn(reports: readonly Report[]): Pick<Measures, 'roundTrip' | 'jitter'> {
  const pairs = reports.filter(
    ({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded',
  )
  const inbound = reports.filter(({ type }) => type === 'inbound-rtp')
  return {
    roundTrip: Math.max(0, ...pairs.map(({ currentRoundTripTime = 0 }) => currentRoundTripTime)),
    jitter: Math.max(0, ...inbound.map(({ jitter = 0 }) => jitter)),
  }
}

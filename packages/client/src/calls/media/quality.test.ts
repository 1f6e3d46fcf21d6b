import { expect, it, onTestFinished, vi } from 'vitest'
import type { CallQuality } from '../call.ts'
import { followQuality, qualityOf } from './quality.ts'

const best = { loss: 0, roundTrip: 0.05, jitter: 0.005 }

it.each([
  ['of a good network', {}, 'good'],
  ['where one packet in 25 is lost', { loss: 0.04 }, 'fair'],
  ['where one in five is lost', { loss: 0.2 }, 'poor'],
  ['through a satellite', { roundTrip: 0.65 }, 'poor'],
  ['from another continent', { roundTrip: 0.35 }, 'fair'],
  ['through a full line', { jitter: 0.12 }, 'poor'],
] as const)('the quality %s', (_, measures, expected) => {
  expect(qualityOf({ ...best, ...measures })).toBe(expected)
})

it('is that of the last two seconds', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const counts = { packetsLost: 0, packetsReceived: 0 }
  const stats = async () =>
    new Map([
      ['in', { type: 'inbound-rtp', jitter: 0.001, ...counts }],
      ['pair', { type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 0.02 }],
    ]) as unknown as RTCStatsReport
  const told: CallQuality[] = []
  const stop = followQuality(stats, (quality) => told.push(quality))
  const pass = async (received: number, lost: number): Promise<void> => {
    counts.packetsReceived += received
    counts.packetsLost += lost
    await vi.advanceTimersByTimeAsync(2_000)
  }
  await pass(100, 0)
  await pass(80, 20)
  await pass(0, 0)
  await pass(97, 3)
  stop()
  await pass(100, 0)
  expect(told).toEqual(['good', 'poor', 'fair'])
})

import { accept, connections, fanOut, smallRequest } from './cells.ts'
import type { Sizes } from './options.ts'
import { requestRows } from './request-rows.ts'
import { cpu, type Goal, latency, type Row, rate } from './row.ts'

const burstLatency = [latency('memory', { bar: 1 }), latency('durable', { bar: 1 })]
const crowd = { bar: 1.2, prototype: '1.05–1.22', reach: '1.05' }
const crowdInFlight = { bar: 0.3, prototype: '0.30', reach: '0.2' }

/** The table. The sizes make a cell last between a third of a second and two. */
export function tableRows({ scale, filledRooms }: Sizes): readonly Row[] {
  const some = (count: number) => Math.round(count * scale)
  return [
    {
      id: 'fan-out-20',
      hasFloor: true,
      title: 'fan-out, room of 20, one at a time',
      open: (server) => fanOut(server, { members: 20, senders: 1, inFlight: 1, messages: some(1_500) }),
      lines: cpu(
        'delivery',
        { bar: 1.5, prototype: '1.41–1.49', reach: '1.25' },
        { bar: 3, prototype: '2.6–3.8', reach: '2' },
      ),
    },
    {
      id: 'fan-out-20x16',
      hasFloor: true,
      title: 'fan-out, room of 20, 16 in flight',
      open: (server) => fanOut(server, { members: 20, senders: 1, inFlight: 16, messages: some(3_000) }),
      lines: cpu(
        'delivery',
        { bar: 0.6, prototype: '0.56', reach: '0.5' },
        { bar: 0.85, prototype: '0.85', reach: '0.7' },
      ),
    },
    {
      id: 'fan-out-200',
      hasFloor: true,
      title: 'fan-out, room of 200, one at a time',
      open: (server) => fanOut(server, { members: 200, senders: 1, inFlight: 1, messages: some(250) }),
      lines: cpu('delivery', crowd, crowd),
    },
    {
      id: 'fan-out-200x16',
      hasFloor: true,
      title: 'fan-out, room of 200, 16 in flight',
      open: (server) => fanOut(server, { members: 200, senders: 1, inFlight: 16, messages: some(400) }),
      lines: cpu('delivery', crowdInFlight, crowdInFlight),
    },
    {
      id: 'burst-4',
      hasFloor: true,
      title: 'bursts of 4 a tick, room of 20',
      open: (server) =>
        fanOut(server, { members: 20, senders: 4, inFlight: 4, burst: true, messages: some(2_400) }),
      lines: [
        ...cpu(
          'delivery',
          { bar: 0.65, prototype: '0.60–0.66', reach: '0.47' },
          { bar: 1, prototype: '0.98' },
        ),
        ...burstLatency,
      ],
    },
    {
      id: 'burst-16',
      hasFloor: true,
      title: 'bursts of 16 a tick, room of 20',
      open: (server) =>
        fanOut(server, { members: 20, senders: 16, inFlight: 16, burst: true, messages: some(3_200) }),
      lines: [
        ...cpu('delivery', { bar: 0.45, prototype: '0.44', reach: '0.30' }, { bar: 0.75, prototype: '0.72' }),
        ...burstLatency,
      ],
    },
    {
      id: 'accepted-64',
      hasFloor: true,
      title: 'accepted message, 64 in flight',
      open: (server) => accept(server, { senders: 1, inFlight: 64, messages: some(20_000) }),
      lines: [
        ...cpu(
          'message',
          { bar: 1.5, prototype: '1.41', reach: '1.3' },
          { bar: 1.9, prototype: '1.83', reach: '1.6' },
        ),
        rate('durable', { bar: 0.43, prototype: '0.43', reach: '0.5' }),
      ],
    },
    {
      // No bar: one sender per message in flight is what real rooms look like; a single socket is a relay.
      id: 'accepted-64-sockets',
      hasFloor: true,
      title: 'accepted message, one in flight on each of 64 sockets',
      open: (server) => accept(server, { senders: 64, inFlight: 64, messages: some(15_000) }),
      lines: [...cpu('message'), rate('durable')],
    },
    {
      id: 'accepted-1',
      hasFloor: true,
      title: 'accepted message, one in flight',
      open: (server) => accept(server, { senders: 1, inFlight: 1, messages: some(1_200) }),
      lines: [
        latency('memory'),
        {
          of: 'p50 over bare’s in units of 4 KiB + fdatasync',
          raw: 'latency p50',
          mode: 'durable',
          value: (sample) => sample.p50Ms,
          compare: (ours, bare, diskMs) => (ours.p50Ms - bare.p50Ms) / diskMs,
          unit: 'ms',
          bar: 1.5,
          prototype: 'borderline',
          reach: '1.2',
        },
      ],
    },
    {
      id: 'connections-cached',
      hasFloor: true,
      title: 'connection, five rooms × 50 messages, pages cached',
      open: (server) => connections(server, { count: some(240), rooms: 5, cold: false }),
      lines: cpu('connection', ...both({ bar: 1.15, prototype: '1.09–1.13', reach: '1.05' })),
    },
    {
      id: 'connections-again',
      hasFloor: true,
      title: 'the same, of users who have been there before',
      open: (server) => connections(server, { count: some(240), rooms: 5, cold: false, areBack: true }),
      lines: cpu('connection', ...both({ bar: 1.15, reach: '1.05' })),
    },
    {
      id: 'connections-cold',
      hasFloor: true,
      title: 'connection, five rooms × 50 messages, pages cold',
      open: (server) => connections(server, { count: some(240), rooms: filledRooms, cold: true }),
      lines: cpu('connection', ...both({ bar: 1.6, prototype: '5', reach: '1.3' })),
    },
    {
      id: 'small-request',
      title: 'another socket’s small request while 64 appends are in flight',
      hasFloor: true,
      // The bare server and the floor have no such event; their join is as small.
      open: (server) =>
        smallRequest(server, {
          messages: some(20_000),
          event: server.isBare || server.isFloor ? 'join' : 'get_all_topics',
        }),
      lines: [
        {
          of: 'p50',
          mode: 'durable',
          value: (sample) => sample.p50Ms,
          compare: (ours) => ours.p50Ms,
          unit: 'ms',
          bar: 0.6,
          prototype: '0.46',
        },
        {
          of: 'p99',
          mode: 'durable',
          value: (sample) => sample.p99Ms,
          compare: (ours) => ours.p99Ms,
          unit: 'ms',
          bar: 4,
          prototype: '3.3',
        },
      ],
    },
    ...requestRows(some),
  ]
}

function both(goal: Goal): [Goal, Goal] {
  return [goal, goal]
}

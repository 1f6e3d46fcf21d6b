import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { usedDuring, wait } from '../bench/cpu.ts'
import type { Contestant } from '../bench/servers.ts'
import { sum } from '../bench/statistics.ts'
import { roomsWith, type TeamDay, type TeamRoom } from './day.ts'
import { Device, type Wire } from './device.ts'

/** What something cost a server. */
export interface Cost {
  readonly cpuSeconds: number
  /** On the wire, as the clients count it. */
  readonly receivedMiB: number
  readonly sentMiB: number
}

export interface DayCost extends Cost {
  readonly minutes: number
  readonly pushes: number
  /** The most that the process had at a time, and what the store had on the disk in the end. */
  readonly peakMiB: number
  readonly diskMiB: number
}

const mib = 2 ** 20

/** Seconds of CPU that a server's threads take while something is done. */
async function cpuOf({ pid }: Contestant, work: () => Promise<unknown>): Promise<number> {
  return sum((await usedDuring([pid], work)).values()) / 1e6
}

function devicesOf({ rooms, moments }: TeamDay, server: Contestant, wire: Wire): Map<string, Device> {
  const devices = new Map<string, Device>()
  for (const { device, person } of moments)
    if (!devices.has(device))
      devices.set(device, new Device(server, person, device, roomsWith(rooms, person), wire))
  return devices
}

/** Plays a day so many times as fast as it was. Throws where an entry is missing, or comes twice. */
export async function playDay(server: Contestant, day: TeamDay, timesAsFast: number): Promise<DayCost> {
  const wire: Wire = { read: 0, written: 0, pushes: 0 }
  const devices = devicesOf(day, server, wire)
  const begun = performance.now()
  const cpuSeconds = await cpuOf(server, async () => {
    const doing: Promise<void>[] = []
    for (const moment of day.moments) {
      const ms = (moment.at * 1_000) / timesAsFast - (performance.now() - begun)
      if (ms > 1) await wait(ms)
      doing.push((devices.get(moment.device) as Device).do(moment))
    }
    await Promise.all(doing)
  })
  const cost = {
    cpuSeconds,
    ...onWire(wire),
    minutes: (performance.now() - begun) / 60_000,
    pushes: wire.pushes,
    peakMiB: peakOf(server.pid) / mib,
    diskMiB: server.kind === 'durable' ? bytesIn(server.folder) / mib : 0,
  }
  if (!server.isBare) await expectLevel([...devices.values()], day.rooms)
  return cost
}

/** All devices come once more, go on from where they were, and have then all of every room. */
async function expectLevel(devices: readonly Device[], rooms: readonly TeamRoom[]): Promise<void> {
  for (const device of devices) await device.do({ deed: 'connect' })
  for (const room of rooms) {
    const ends = devices.flatMap((device) => device.seqOf(room) ?? [])
    if (ends.length === 0 || new Set(ends).size > 1 || ends[0] === 0)
      throw new Error(`${room.name} ends at ${[...new Set(ends)].join(' and at ')}`)
  }
  for (const device of devices) await device.do({ deed: 'drop' })
}

/** What an hour of so many connections costs that only are there. */
export async function playQuiet(
  server: Contestant,
  { rooms }: TeamDay,
  { people, seconds }: { readonly people: number; readonly seconds: number },
): Promise<Cost> {
  const wire: Wire = { read: 0, written: 0, pushes: 0 }
  const devices = Array.from({ length: people }, (_, person) => {
    return new Device(server, person, `${person} quiet`, roomsWith(rooms, person), wire)
  })
  for (const device of devices) await device.do({ deed: 'connect' })
  await wait(settleMs)
  const counted = devices.map(({ bytes }) => bytes)
  const cpuSeconds = await cpuOf(server, () => wait(seconds * 1_000))
  const since = (of: 'read' | 'written') =>
    sum(devices.map(({ bytes }, n) => bytes[of] - (counted[n]?.[of] ?? 0)))
  const each = onWire({ read: since('read'), written: since('written'), pushes: 0 })
  for (const device of devices) await device.do({ deed: 'drop' })
  return scaled({ cpuSeconds, ...each }, 3_600 / seconds)
}

/** What an hour costs in which nobody is there. */
export async function playNight(server: Contestant, seconds: number): Promise<Cost> {
  await wait(settleMs)
  const cpuSeconds = await cpuOf(server, () => wait(seconds * 1_000))
  return scaled({ cpuSeconds, receivedMiB: 0, sentMiB: 0 }, 3_600 / seconds)
}

/** Until what follows connections and their end is over. */
const settleMs = 12_000

export function scaled({ cpuSeconds, receivedMiB, sentMiB }: Cost, times: number): Cost {
  return { cpuSeconds: cpuSeconds * times, receivedMiB: receivedMiB * times, sentMiB: sentMiB * times }
}

// What clients have read, the server has sent.
function onWire({ read, written }: Wire): Pick<Cost, 'receivedMiB' | 'sentMiB'> {
  return { receivedMiB: written / mib, sentMiB: read / mib }
}

function peakOf(pid: number): number {
  const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
  return Number(found?.[1] ?? 0) * 1_024
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}

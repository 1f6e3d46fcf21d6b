import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { cpuBetween, cpuByThread, wait } from '../bench/cpu.ts'
import type { Contestant } from '../bench/servers.ts'
import type { TeamDay, TeamRoom } from './day.ts'
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
async function cpuOf(server: Contestant, work: () => Promise<unknown>): Promise<number> {
  const before = cpuByThread(server.pid)
  await work()
  return cpuBetween(server.pid, before, cpuByThread(server.pid)).all / 1e9
}

function devicesOf({ rooms, moments }: TeamDay, server: Contestant, wire: Wire): Map<string, Device> {
  const devices = new Map<string, Device>()
  for (const { device, person } of moments) {
    const own = rooms.filter(({ members }) => members.includes(person))
    if (!devices.has(device)) devices.set(device, new Device(server, person, device, own, wire))
  }
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
    if (!server.isBare) await expectLevel(server, day.rooms, wire)
  })
  return {
    cpuSeconds,
    ...onWire(wire),
    minutes: (performance.now() - begun) / 60_000,
    pushes: wire.pushes,
    peakMiB: peakOf(server.pid) / mib,
    diskMiB: server.kind === 'durable' ? bytesIn(server.folder) / mib : 0,
  }
}

/** Everybody who comes once more has all of every room. */
async function expectLevel(server: Contestant, rooms: readonly TeamRoom[], wire: Wire): Promise<void> {
  for (const room of rooms) {
    const [one, other] = room.members as [number, number]
    const late = [one, other].map((person) => new Device(server, person, `${person} late`, [room], wire))
    const seqs: number[] = []
    for (const device of late) {
      await device.do({ deed: 'connect' })
      seqs.push(device.seqOf(room))
      await device.do({ deed: 'drop' })
    }
    if (seqs[0] !== seqs[1] || seqs[0] === 0) throw new Error(`${room.name} ends at ${seqs.join(' and at ')}`)
  }
}

/** What an hour of so many connections costs that only are there. */
export async function playQuiet(
  server: Contestant,
  { rooms }: TeamDay,
  { people, seconds }: { readonly people: number; readonly seconds: number },
): Promise<Cost> {
  const wire: Wire = { read: 0, written: 0, pushes: 0 }
  const devices = Array.from({ length: people }, (_, person) => {
    const own = rooms.filter(({ members }) => members.includes(person))
    return new Device(server, person, `${person} quiet`, own, wire)
  })
  for (const device of devices) await device.do({ deed: 'connect' })
  await wait(settleMs)
  const counted = devices.map(({ bytes }) => bytes)
  const cpuSeconds = await cpuOf(server, () => wait(seconds * 1_000))
  const sum = (of: 'read' | 'written') =>
    devices.reduce((all, { bytes }, n) => all + bytes[of] - (counted[n]?.[of] ?? 0), 0)
  const each = onWire({ read: sum('read'), written: sum('written'), pushes: 0 })
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

import { between, pick, type Random, seeded } from '../stores/random.ts'

/** A room of the team, and who is in it. */
export interface TeamRoom {
  readonly name: string
  readonly members: readonly number[]
}

export type Deed = 'connect' | 'drop' | 'type' | 'say' | 'read' | 'react' | 'edit' | 'search'

/** What one device does at some time of the day. */
export interface Moment {
  /** Seconds since the first hour of the day. */
  readonly at: number
  readonly device: string
  readonly person: number
  readonly deed: Deed
  /** Missing where it concerns all rooms. */
  readonly room?: TeamRoom
}

export interface TeamDay {
  readonly rooms: readonly TeamRoom[]
  readonly moments: readonly Moment[]
  /** Hours that devices are connected, all together. */
  readonly connectionHours: number
}

// All of these are guesses.
const hour = 3_600
const dayHours = 11
const messagesEach = 40
/** The standard deviation of the logarithm: some write ten times as much as others. */
const spreadOfMessages = 0.9
const lunch = { from: 4 * hour, to: 5 * hour, keeps: 0.3 }
const teamSize = 25
const projectSize = 10
/** How often a message goes to everybody, the team, one of two projects, one person. */
const shares = [0.05, 0.35, 0.4, 0.2] as const
const perMessage = { typed: 0.8, reacted: 1 / 6, edited: 1 / 25 }
const readsOfDay = 60
const searchesOfDay = 1
/** The laptop is there all day and loses its connection so often; the phone comes so often for so long. */
const laptopDrops = 2
const phoneVisits = 20
const visitSeconds = 180

/** A day of a team: who connects when, and what they do. The same seed makes the same day. */
export function teamDay(people: number, seed: number): TeamDay {
  const random = seeded(seed)
  const rooms = roomsOf(people)
  const moments: Moment[] = []
  let connectionHours = 0
  for (let person = 0; person < people; person += 1) {
    const own = roomsWith(rooms, person)
    const from = between(random, 0, 2) * hour
    const to = between(random, 8.5, dayHours) * hour
    const times = connected(random, from, to)
    for (const [device, spans] of Object.entries(times))
      for (const [start, end] of spans) {
        const one = { device: `${person} ${device}`, person }
        moments.push({ ...one, at: start, deed: 'connect' }, { ...one, at: end, deed: 'drop' })
        connectionHours += (end - start) / hour
      }
    moments.push(...deedsOf(random, person, own, times.laptop))
  }
  return { rooms, moments: moments.sort((a, b) => a.at - b.at), connectionHours }
}

/** Everybody's room, one for each team, two projects for each person, and one for each pair of neighbours. */
function roomsOf(people: number): TeamRoom[] {
  const all = Array.from({ length: people }, (_, n) => n)
  const cut = (name: string, size: number, shift: number): TeamRoom[] =>
    all.flatMap((first) => {
      const members = all.slice(first, first + size).map((n) => (n + shift) % people)
      return first % size === 0 ? { name: `${name}-${first}`, members } : []
    })
  return [
    { name: 'everybody', members: all },
    ...cut('team', teamSize, 0),
    ...cut('project', projectSize, 0),
    ...cut('other-project', projectSize, projectSize / 2),
    ...cut('pair', 2, 0),
  ]
}

export function roomsWith(rooms: readonly TeamRoom[], person: number): readonly TeamRoom[] {
  return rooms.filter(({ members }) => members.includes(person))
}

type Span = readonly [from: number, to: number]

function connected(random: Random, from: number, to: number): { laptop: Span[]; phone: Span[] } {
  const cuts = Array.from({ length: laptopDrops }, () => between(random, from, to)).sort((a, b) => a - b)
  const ends = [...cuts, to]
  const laptop = ends.map((end, n): Span => [n === 0 ? from : (ends[n - 1] as number) + 2, end])
  const step = (to - from) / phoneVisits
  const phone = Array.from({ length: phoneVisits }, (_, n): Span => {
    const start = from + n * step + between(random, 0, step - visitSeconds)
    return [start, start + visitSeconds]
  })
  return { laptop: laptop.filter(([start, end]) => end - start > 1), phone }
}

/** What a person does on their laptop, while it is connected. */
function deedsOf(random: Random, person: number, own: readonly TeamRoom[], spans: readonly Span[]): Moment[] {
  const one = { device: `${person} laptop`, person }
  const moments: Moment[] = []
  const add = (deed: Deed, at: number, room?: TeamRoom) => {
    const isThere = spans.some(([from, to]) => at > from && at < to - 1)
    if (isThere) moments.push({ ...one, at, deed, ...(room && { room }) })
  }
  const messages = Math.round(
    messagesEach * Math.exp(spreadOfMessages * normal(random) - spreadOfMessages ** 2 / 2),
  )
  for (let n = 0; n < messages; n += 1) {
    const [at, room] = [timeIn(random, spans), chosen(random, own)]
    if (random() < perMessage.typed) add('type', at - 5, room)
    add('say', at, room)
    if (random() < perMessage.reacted) add('react', at + 20, room)
    if (random() < perMessage.edited) add('edit', at + 30, room)
  }
  for (let n = 0; n < readsOfDay; n += 1) add('read', timeIn(random, spans), chosen(random, own))
  for (let n = 0; n < searchesOfDay; n += 1) add('search', timeIn(random, spans), chosen(random, own))
  return moments
}

function timeIn(random: Random, spans: readonly Span[]): number {
  for (;;) {
    const [from, to] = pick(random, spans)
    const at = between(random, from, to)
    const isLunch = at > lunch.from && at < lunch.to
    if (!isLunch || random() < lunch.keeps) return at
  }
}

function chosen(random: Random, own: readonly TeamRoom[]): TeamRoom {
  const [everybody, team, ...others] = own as [TeamRoom, TeamRoom, ...TeamRoom[]]
  const pair = others.at(-1) as TeamRoom
  const share = random()
  if (share < shares[0]) return everybody
  if (share < shares[0] + shares[1]) return team
  return share < 1 - shares[3] ? pick(random, others.slice(0, -1)) : pair
}

/** Box and Muller's: https://en.wikipedia.org/wiki/Box–Muller_transform */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

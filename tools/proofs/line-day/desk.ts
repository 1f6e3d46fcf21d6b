import { between, type Random } from '../stores/random.ts'

/** Minutes from the morning until nobody comes any more, and in which those who are there are served. */
export const dayMinutes = 480
/** How many minutes all line managers are said to take for a ticket. */
export const saidMinutes = 8

/** A line manager as they are, which nobody is told. */
export interface Person {
  readonly user_id: string
  /** How long a ticket takes them on average, in minutes; the times are spread log-normally. */
  readonly minutes: number
  readonly capacity: number
  /** When they are away, from and until a minute of the day. */
  readonly breaks: readonly (readonly [from: number, until: number])[]
}

/** A customer who comes. */
export interface Arrival {
  readonly at: number
  readonly priority: 'normal' | 'high'
  /** How long they wait at most; most have all the time. */
  readonly patience: number
}

/** What happens on a day. */
export interface Day {
  readonly people: readonly Person[]
  readonly arrivals: readonly Arrival[]
}

/** How uneven the times of one person are: the standard deviation of their logarithm. */
const unevenness = 0.6

/** Rather many customers. @param people those who are there, on a day of their own; without them, others */
export function makeDay(random: Random, people?: readonly Person[]): Day {
  const there = people?.map((person) => ({ ...person, breaks: breaksOf(random) })) ?? makePeople(random)
  return { people: there, arrivals: arrivalsFor(there, random) }
}

/** Five to ten, the fastest three times as fast as the slowest. */
function makePeople(random: Random): Person[] {
  return Array.from({ length: 5 + Math.floor(random() * 6) }, (_, at) => ({
    user_id: `manager ${at + 1}`,
    minutes: between(random, 5, 15),
    capacity: 1 + Math.floor(random() * 3),
    breaks: breaksOf(random),
  }))
}

/** Lunch, and three short ones. */
function breaksOf(random: Random): Person['breaks'] {
  const lunch = between(random, 180, 300)
  const short = Array.from({ length: 3 }, () => between(random, 0, dayMinutes))
  return [[lunch, lunch + 30], ...short.map((from) => [from, from + 10] as const)]
}

/** They come by chance; at noon more than can be served. */
function arrivalsFor(people: readonly Person[], random: Random): Arrival[] {
  const perMinute = people.reduce((sum, { minutes }) => sum + 1 / minutes, 0)
  const most = 1.25 * perMinute
  const rateAt = (at: number) => perMinute * (0.92 + 0.3 * Math.sin((Math.PI * at) / dayMinutes) ** 2)
  const arrivals: Arrival[] = []
  for (let at = 0; ; ) {
    at -= Math.log(1 - random()) / most
    if (at >= dayMinutes) return arrivals
    if (random() > rateAt(at) / most) continue
    const patience = random() < 0.05 ? between(random, 0, 30) : Number.POSITIVE_INFINITY
    arrivals.push({ at, priority: random() < 0.07 ? 'high' : 'normal', patience })
  }
}

/** How many minutes of a person's attention a ticket takes. */
export function workOf({ minutes }: Person, random: Random): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return minutes * Math.exp(unevenness * normal - unevenness ** 2 / 2)
}

export function isAway({ breaks }: Person, at: number): boolean {
  return breaks.some(([from, until]) => at >= from && at < until)
}

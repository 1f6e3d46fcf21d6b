import { setTimeout as pause } from 'node:timers/promises'
import type { Link } from '../../../packages/server/src/testing/index.ts'
import { doSomething } from '../recount/deeds.ts'
import { Device } from '../recount/device.ts'
import { readLogs, wrongAnswers } from '../recount/differences.ts'
import { brokenPromises, brokenSilences } from '../recount/promised.ts'
import { learn } from '../recount/saying.ts'
import { everybody, furnish, people, show } from '../recount/scene.ts'
import { reloadLists, wronglyShown } from '../recount/shown.ts'
import { newPlace, World } from '../recount/world.ts'
import type { FragileServer } from './server-storm.ts'
import type { Talker } from './talker.ts'

/** What people have done besides talking, and whether it is so. */
export interface DoneFigures {
  readonly deeds: number
  /** How often each request was made, and how often it was refused for a reason. */
  readonly requests: Readonly<Record<string, number>>
  readonly refused: Readonly<Record<string, number>>
  /** Logs, answers of each server and lists of SDKs that do not go together. */
  readonly wrong: readonly string[]
}

/** Nothing has to be written by then that a killed server may have lost. */
const never = '9999'

/**
 * Five people who do everything else that one does in a chat, also with what the talkers say, over links that break: each
 * request again until it is answered.
 */
export class Doers {
  readonly #world: World
  readonly #devices: Device[] = []
  readonly #nodes: readonly FragileServer[]
  readonly #perPerson: number
  /** How much of what each talker has sent is known. */
  readonly #learnt = new Map<Talker, number>()

  private constructor(nodes: readonly FragileServer[], perPerson: number, seed: number) {
    this.#world = new World(seed)
    this.#nodes = nodes
    this.#perPerson = perPerson
  }

  /** @param rooms where others talk @param perPerson how many devices each of the five has */
  static async open(
    nodes: readonly FragileServer[],
    rooms: readonly string[],
    perPerson: number,
    seed: number,
  ): Promise<Doers> {
    const doers = new Doers(nodes, perPerson, seed)
    const { places } = doers.#world
    for (const person of people)
      for (let nth = 0; nth < perPerson; nth++)
        doers.#devices.push(await Device.open(person, nth, nodes, seed))
    await furnish(doers.#world, (user) => doers.#devices.find((one) => one.user === user) as Device)
    for (const room of rooms)
      places.push(newPlace({ stream: `room:${room}`, room, kind: 'open', people: everybody, owner: null }))
    for (const [at, device] of doers.#devices.entries()) show(doers.#world, device, at % perPerson)
    return doers
  }

  get links(): readonly Link[] {
    return this.#devices.map(({ link }) => link)
  }

  get seated(): readonly Pick<Device, 'link' | 'seat'>[] {
    return this.#devices
  }

  /** Does one thing after the other until it is told to stop; resolves once all of it is answered. */
  async goOn(talkers: readonly Talker[], pauseMs: number, signal: AbortSignal): Promise<void> {
    await Promise.all(
      this.#devices.map(async (device) => {
        while (!signal.aborted) {
          this.#learn(talkers)
          await doSomething({ device, world: this.#world })
          await pause(device.random() * pauseMs * 2)
        }
      }),
    )
  }

  /** What is not so by now. @param isHasty loads the SDKs' lists again, which else may take some seconds to level */
  async wrong(isHasty = false): Promise<string[]> {
    const world = this.#world
    const logs = await readLogs(world, this.#nodes.find(({ isUp }) => isUp)?.url ?? '')
    const wrong = [...brokenPromises(world, logs, everybody), ...brokenSilences(world, logs)]
    for (const node of this.#nodes) wrong.push(...(await wrongAnswers(world, node, logs, never)).wrong)
    if (isHasty) await reloadLists(this.#devices, this.#perPerson)
    this.#devices.forEach((device, at) => {
      wrong.push(...device.problems, ...wronglyShown(world, device, at % this.#perPerson, logs))
    })
    return [...[...logs.values()].flatMap((log) => log.wrong), ...world.wrong, ...wrong]
  }

  figures(wrong: readonly string[]): DoneFigures {
    const { counts, refusals } = this.#world
    const deeds = Object.values(counts).reduce((sum, count) => sum + count, 0)
    return { deeds, requests: { ...counts }, refused: { ...refusals }, wrong }
  }

  async close(): Promise<void> {
    await Promise.all(this.#devices.map((device) => device.close()))
  }

  /** What the talkers have said is there to be answered, too. */
  #learn(talkers: readonly Talker[]): void {
    for (const talker of talkers) {
      let from = this.#learnt.get(talker) ?? 0
      for (; from < talker.sent.length; from++) {
        const { room, outcome } = talker.sent[from] as Talker['sent'][number]
        if (outcome === null) break
        const place = this.#world.places.find((one) => one.room === room)
        if (place && '_id' in outcome) learn(place, { ...outcome, author: talker.user })
      }
      this.#learnt.set(talker, from)
    }
  }
}

import { pick, type Random } from '../stores/random.ts'
import type { Answered, Device, Requests } from './device.ts'
import type { Deed, Known, Place, World } from './world.ts'

/** A device that does something in the world. */
export interface Actor {
  readonly device: Device
  readonly world: World
}

/** Does something once; false where there is nothing to do it to. */
export type Act = (actor: Actor) => Promise<unknown> | false

/** One of the conversations that the person may read. */
export function somePlace(
  { device, world }: Actor,
  isMeant: (place: Place) => boolean = () => true,
  among: readonly Place[] = world.all,
): Place | undefined {
  const own = among.filter((place) => place.people.includes(device.user) && isMeant(place))
  return own.length > 0 ? pick(device.random, own) : undefined
}

const recent = 30

/** A message that somebody knows: mostly a recent one. */
export function someMessage(
  random: Random,
  { known }: Place,
  isMeant: (message: Known) => boolean = () => true,
): Known | undefined {
  const near = known.slice(-recent).filter(isMeant)
  const all = near.length > 0 && random() < 0.7 ? near : known.filter(isMeant)
  return all.length > 0 ? pick(random, all) : undefined
}

/** Notes how a change has ended. */
export function noted<K extends keyof Requests>(
  { device, world }: Actor,
  deed: Pick<Deed, 'request' | 'stream' | 'cid' | 'target' | 'text'>,
  answer: Answered<K>,
): void {
  const { user } = device
  if ('refused' in answer) {
    world.note({ ...deed, user, outcome: 'refused', code: answer.refused.code })
    return
  }
  const isNothing = (answer.data as { readonly changed?: boolean }).changed === false
  world.note({ ...deed, user, outcome: isNothing ? 'nothing' : 'done', code: null })
}

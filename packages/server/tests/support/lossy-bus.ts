import type { Bus } from '../../src/nodes/bus.ts'

/** Which of the texts on a bus are lost: every `n`th, or all with 1; none with 0. */
export interface Loss {
  every: number
}

/** A bus on which texts are lost on their way in: each server may lose others. */
export function lossyBus(bus: Bus, loss: Loss): Bus {
  let received = 0
  return {
    start: (listener, logger) =>
      bus.start((text) => {
        received += 1
        if (loss.every === 0 || received % loss.every !== 0) listener(text)
      }, logger),
    publish: (text) => bus.publish(text),
    get isConnected() {
      return bus.isConnected
    },
    stop: () => bus.stop(),
  }
}

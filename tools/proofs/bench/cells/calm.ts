import { wait } from '../cpu.ts'
import type { Contestant } from '../servers.ts'

const calmMs = 1_200

/** Waits until our server has done what it does behind requests, at most once a second, such as changing lists for messages. */
export async function calm(server: Contestant): Promise<void> {
  if (!server.isBare) await wait(calmMs)
}

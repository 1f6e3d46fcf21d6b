import { openProxy } from '../drain/switching-proxy.ts'

/** Reaches a port from another address of this machine, as the router of a household does. */
export interface Household {
  readonly address: string
  readonly url: string
  close(): void
}

/** @param n from 2 to 254: its address is `127.<n>.<n>.<n>` */
export async function openHousehold(n: number, port: number): Promise<Household> {
  const address = `127.${n}.${n}.${n}`
  const { url, close } = await openProxy(`http://127.0.0.1:${port}`, address)
  return { address, url, close }
}

export type { Clock } from './clock.ts'
export type { Delay, Kinds, RandomFaults, Shares } from './link/faults.ts'
export { type Link, type LinkOptions, openLink } from './link/link.ts'
export type { PacketKind } from './link/packets.ts'
export {
  startServer,
  type TestAuth,
  type TestIdentity,
  type TestServer,
  testWorkspaces,
} from './start-server.ts'
export { storeCases } from './store-cases/index.ts'
export { writeUntilKilled } from './store-cases/kills.ts'
export type { OpenStore, StoreCase, Writer } from './store-cases/store-case.ts'

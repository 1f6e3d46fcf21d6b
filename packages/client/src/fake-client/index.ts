export { createFakeClient, type FakeClient } from './create-fake-client.ts'
export type { FakeAnswer, FakeRequest, FakeUser } from './fake-server.ts'
export { type Fixture, fixtures } from './fixtures.ts'
export type { GivenState, Settable, WithSettable } from './settable.ts'

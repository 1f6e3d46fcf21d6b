import { expectSame } from './checks.ts'
import { revocation } from './making.ts'
import { oneStore, reopened, type StoreCase, threeStores } from './store-case.ts'

const [early, late, latest] = ['01', '02', '03'].map((day) => `2026-01-${day}T00:00:00.000Z`) as [
  string,
  string,
  string,
]

export const revocationCases: readonly StoreCase[] = [
  oneStore('[S25] keeps of each user the latest time before which sessions are refused', async (store) => {
    const { revocations } = store
    expectSame(await revocations.get('acme', 'ann'), null, 'Nobody is revoked at first')
    const first = await revocations.revoke('acme', revocation({ revoked_before: late }))
    expectSame(first, { user_id: 'ann', revoked_before: late }, 'revoke answers the time that counts')
    const lower = await revocations.revoke('acme', revocation({ revoked_before: early }))
    expectSame(lower.revoked_before, late, 'A revocation never lowers the time')
    const same = await revocations.revoke('acme', revocation({ revoked_before: late }))
    expectSame(same.revoked_before, late, 'Repeating a revocation changes nothing')
    const higher = await revocations.revoke('acme', revocation({ revoked_before: latest }))
    expectSame(higher.revoked_before, latest, 'A later revocation raises the time')
    expectSame(await revocations.get('acme', 'ann'), higher, 'get answers the time that counts')
    expectSame(await revocations.get('acme', 'ben'), null, 'Another user is not revoked')
  }),

  reopened(
    '[S25] still knows after a restart who is revoked',
    (store) => store.revocations.revoke('acme', revocation()),
    async (store, kept) => {
      expectSame(await store.revocations.get('acme', 'ann'), kept, 'A revocation is kept')
    },
  ),

  threeStores('[S25] keeps the latest of several times that come at once', async (stores) => {
    const times = [early, latest, late]
    await Promise.all(
      stores.map((store, at) =>
        store.revocations.revoke('acme', revocation({ revoked_before: times[at] ?? '' })),
      ),
    )
    for (const store of stores) {
      const kept = await store.revocations.get('acme', 'ann')
      expectSame(kept?.revoked_before, latest, 'The latest time counts, whoever was first')
    }
  }),
]

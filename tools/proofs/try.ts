import { weather } from '/work/w/chaos/tools/proofs/chaos/weather.ts'
const w = await weather({ program: 'source', seed: 1, sdk: 4, plain: 2, rooms: 2, loadMs: 15000, clientFaultMs: 300, serverFaultMs: 5000, talkMs: 200 })
console.log(JSON.stringify(w, null, 1)); process.exit(0)

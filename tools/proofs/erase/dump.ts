import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import type { Place } from '../stores/place.ts'

/** Everything that a place keeps: the bytes of a data folder's files, or every document of a database. */
async function dump(place: Place): Promise<string> {
  if (place.driver === 'embedded') {
    const names = readdirSync(place.address)
    return names.map((name) => readFileSync(join(place.address, name), 'latin1')).join('\n')
  }
  const client = await new MongoClient(place.address).connect()
  try {
    const collections = await client.db().collections()
    const all = await Promise.all(collections.map((one) => one.find({}).toArray()))
    return JSON.stringify(all)
  } finally {
    await client.close()
  }
}

/** How often a text is in what a place keeps. */
export async function hitsIn(place: Place, text: string): Promise<number> {
  return (await dump(place)).split(text).length - 1
}

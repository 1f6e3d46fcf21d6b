import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** The packed packages by their names. */
export async function packed(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = ['protocol', 'server', 'client'].map(async (name) => {
    const [file = ''] = await readdir(join(folder, name))
    return [`@dowellchat/${name}`, join(folder, name, file)] as const
  })
  return new Map(await Promise.all(found))
}

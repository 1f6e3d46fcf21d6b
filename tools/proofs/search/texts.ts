import { pick, type Random } from '../stores/random.ts'

/** Words, the more common ones first. */
export type Vocabulary = readonly string[]

const syllables =
  'ba be bi bo bu da de di do fa fe ga gi ka ke la le lo ma mi na ne no pa ra re ri sa se ta te ti to va vi wa zo'.split(
    ' ',
  )
const endings = ['', 'n', 'r', 's', 't', 'ng', 'lé', 'ß']
/** What some messages say beside their words, so that every way of cutting texts is taken. */
const others = [
  '明天在北京大学门口见面',
  '東京都庁でミーティング',
  '학교에서 친구를 만나요',
  'พรุ่งนี้ไปประเทศไทย',
  'مرحبا بالعالم',
  '🎉',
]

/** Different words of two to five syllables. */
export function vocabularyOf(random: Random, size: number): Vocabulary {
  const words = new Set<string>()
  while (words.size < size) {
    const count = 2 + Math.floor(random() * 4)
    words.add(Array.from({ length: count }, () => pick(random, syllables)).join('') + pick(random, endings))
  }
  return [...words]
}

/** A word as often as its place says: the tenth is about ten times as rare as the first. */
export function wordOf(random: Random, vocabulary: Vocabulary): string {
  return vocabulary[Math.floor(vocabulary.length ** random()) - 1] ?? (vocabulary[0] as string)
}

/** A message of some words. */
export function textOf(random: Random, vocabulary: Vocabulary): string {
  const count = 4 + Math.floor(random() * 13)
  const words = Array.from({ length: count }, () => wordOf(random, vocabulary))
  if (random() < 0.05) words.push(pick(random, others))
  return words.join(random() < 0.1 ? ', ' : ' ')
}

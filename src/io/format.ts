/** Extensions that a walk takes for pictures, in lower case. */
export const EXTENSIONS: readonly string[] = ['png', 'jpg', 'jpeg', 'webp', 'avif', 'gif', 'tif', 'tiff', 'bmp']

const suffix = new RegExp(`\\.(${EXTENSIONS.join('|')})$`, 'i')

/** Whether a file's name ends like a picture's, in any case. */
export const hasPictureExtension = (name: string): boolean => suffix.test(name)

/** `bag/1.JPG` to `bag/1`; a name that does not end like a picture's stays whole. */
export const withoutExtension = (name: string): string => name.replace(suffix, '')

/** What the first bytes of each format look like; `?` stands for any byte. */
const SIGNATURES: readonly (readonly [format: string, start: string])[] = [
  ['PNG', '\x89PNG\r\n\x1a\n'],
  ['JPEG', '\xff\xd8\xff'],
  ['WebP', 'RIFF????WEBP'],
  ['AVIF', '????ftypavif'],
  ['AVIF', '????ftypavis'],
  ['AVIF', '????ftypmif1'],
  ['GIF', 'GIF87a'],
  ['GIF', 'GIF89a'],
  ['TIFF', 'II*\0'],
  ['TIFF', 'MM\0*'],
  ['TIFF', 'II+\0'],
  ['TIFF', 'MM\0+'],
  ['BMP', 'BM'],
]

/** The names of the formats that are read, for messages. */
export const FORMATS: string = [...new Set(SIGNATURES.map(([format]) => format))].join(', ')

/** The format that a file's first bytes promise, or null; its name is not asked. */
export function pictureFormat(bytes: Uint8Array): string | null {
  const starts = (start: string): boolean => [...start].every((c, i) => c === '?' || bytes[i] === c.charCodeAt(0))
  return SIGNATURES.find(([, start]) => starts(start))?.[0] ?? null
}

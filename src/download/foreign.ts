/** What a file's first bytes are when they are none of a model: a page or a pointer that came in its place; else null. */
export function foreign(head: Uint8Array): string | null {
  const text = Buffer.from(head.subarray(0, 2048))
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
  if (text.startsWith('version https://git-lfs')) return 'a Git LFS pointer, a few lines that stand for the file'
  if (!/^<(!doctype html|html|head|body|!--)/i.test(text)) return null
  const title = /<title[^>]*>([^<]{1,100})/i.exec(text)?.[1].trim()
  return `a page of HTML${title ? ` ('${title}')` : ''}, which a login or a proxy may have put there`
}

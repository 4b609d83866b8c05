import { expect, test } from '@jest/globals'
import { outputNames } from '../../src/io/output-names.ts'

test('a picture extension in any case becomes .png, another stays', () => {
  expect(outputNames(['bag/1.JPG', 'bag/2.png', 'x.tiff', 'photo.v2', 'noext'])).toEqual([
    'bag/1.png',
    'bag/2.png',
    'x.png',
    'photo.v2.png',
    'noext.png',
  ])
})

test('two sources of one name keep their extensions, also in different case', () => {
  expect(outputNames(['a.jpg', 'a.png', 'b.png'])).toEqual(['a.jpg.png', 'a.png.png', 'b.png'])
  expect(outputNames(['a.jpg', 'A.webp'])).toEqual(['a.jpg.png', 'A.webp.png'])
})

test('a source that is called like a kept extension makes way', () => {
  expect(outputNames(['a.jpg', 'a.jpg.png', 'a.png'])).toEqual(['a.jpg.png', 'a.jpg.png.png', 'a.png.png'])
})

test.each([
  [['a.jpg', 'A.jpg', 'a-2.jpg']],
  [['a.jpg', 'A.jpg', 'a.jpg-2.png', 'a.jpg-2.jpg']],
  [['D/x.png', 'd/x.png', 'd/x.png.png']],
  [['caf\u00e9.png', 'cafe\u0301.png']],
  [['a.jpg', 'a.png/b.jpg']],
  [['a.jpg', 'a.png/b.jpg', 'a.jpg.png/c.jpg', 'a.jpg-2.png/c.png']],
])('%j: unique on any file system, none a folder of another, the same every time', names => {
  const outputs = outputNames(names)
  const folded = outputs.map(name => name.normalize('NFC').toLowerCase())
  expect(new Set(folded).size).toBe(names.length)
  for (const name of folded) expect(folded.some(other => other.startsWith(`${name}/`))).toBe(false)
  expect(outputNames(names)).toEqual(outputs)
  names.forEach((name, i) => {
    expect(outputs[i].split('/').slice(0, -1)).toEqual(name.split('/').slice(0, -1))
  })
})

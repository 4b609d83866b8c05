import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { afterAll, describe, expect, test } from '@jest/globals'
import { parseOnnx, readOnnx } from '../../../src/formats/onnx/read.ts'
import { encodeOnnx } from '../../../src/formats/onnx/write.ts'
import { everything } from './sample.ts'

const refused = (bytes: Uint8Array, message: RegExp) => {
  const error = expect.objectContaining({ name: 'AdvxError', fault: 'model', message: expect.stringMatching(message) })
  expect(() => parseOnnx(bytes)).toThrow(error)
}

describe('files that are no ONNX files', () => {
  const flat = (id: string) => Buffer.from(`\x1c\0\0\0${id}`, 'latin1')
  const cases: [what: string, bytes: Uint8Array, message: RegExp][] = [
    ['empty', new Uint8Array(0), /an empty file/],
    ['Git LFS pointer', Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00'), /git lfs pull/],
    ['text', Buffer.from('# Labels of the pictures'), /it is a text\. Model and another argument/],
    ['HTML page', Buffer.from('\n<!DOCTYPE html><html>'), /an HTML or XML page/],
    ['JSON', Buffer.from('{"format":"layers-model"}'), /JSON/],
    ['zip', Buffer.from('PK\x03\x04archive/data.pkl'), /a zip archive/],
    ['pickle', Buffer.from('\x80\x02}q', 'latin1'), /a Python pickle/],
    ['HDF5', Buffer.from('\x89HDF\r\n', 'latin1'), /an HDF5 file/],
    ['TensorFlow Lite', flat('TFL3'), /a TensorFlow Lite model/],
    ['ORT', flat('ORTM'), /ONNX Runtime's own/],
    ['gzip', Buffer.from('\x1f\x8b\x08', 'latin1'), /a gzip archive/],
    ['PNG', Buffer.from('\x89PNG\r\n', 'latin1'), /a picture/],
    ['zeros', new Uint8Array(100), /never finished/],
    ['no graph', Uint8Array.of(8, 8), /no graph in it/],
  ]
  test.each(cases)('%s', (_, bytes, message) => refused(bytes, message))
})

describe('broken bytes', () => {
  const good = encodeOnnx(everything)

  test('cut anywhere, a file is refused', () => {
    for (let length = 0; length < good.length; length += 7)
      expect(() => parseOnnx(good.subarray(0, length))).toThrow(expect.objectContaining({ name: 'AdvxError' }))
  })

  const fields = (write: (w: BinaryWriter) => unknown): Uint8Array => {
    const w = new BinaryWriter()
    write(w)
    return w.finish()
  }
  const cases: [what: string, bytes: Uint8Array, message: RegExp][] = [
    [
      'a length beyond the end',
      Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0x7f),
      /ModelProto.graph at byte 0: premature EOF/,
    ],
    ['a length of 4 GiB', Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f), /premature EOF/],
    ['a text beyond the end', Uint8Array.of(0x12, 0xff, 0xff, 0x7f, 0x41), /producerName/],
    ['a varint that does not end', Uint8Array.of(0x08, 0x80, 0x80), /irVersion/],
    ['a varint of 11 bytes', Uint8Array.of(0x08, ...Array(10).fill(0xff), 0x01), /irVersion/],
    ['a tag that does not end', Uint8Array.of(0x08, 0x08, 0xff), /tag at byte 2/],
    ['field 0', Uint8Array.of(0x00, 0x01), /illegal tag/],
    ['wire type 7', Uint8Array.of(0x0f), /illegal tag/],
    ['a number where a message belongs', Uint8Array.of(0x38, 0x01), /graph.*wire type 0 came where 2 belongs/],
    ['a message where a number belongs', Uint8Array.of(0x0a, 0x00), /irVersion.*wire type 2 came where 0 belongs/],
    ['a graph twice', Uint8Array.of(0x3a, 0x00, 0x3a, 0x00), /graph at byte 2: it comes twice/],
    ['groups in groups', new Uint8Array(10_000).fill(0x9b, 0).map((b, i) => (i % 2 ? 0x06 : b)), /recursion/],
    [
      '3 million empty nodes',
      fields(w => w.tag(7, WireType.LengthDelimited).bytes(nodes(3e6))),
      /too many small parts/,
    ],
    [
      '9 million inputs of one node',
      fields(w => w.tag(7, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).bytes(nodes(9e6)).join()),
      /too many small parts/,
    ],
  ]
  test.each(cases)('%s', (_, bytes, message) => refused(bytes, message))

  /** Field 1, empty, again and again: nodes in a graph, inputs in a node. */
  function nodes(count: number): Uint8Array {
    return Buffer.alloc(2 * count, Uint8Array.of(0x0a, 0))
  }
})

describe('files that cannot be read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'advx-onnx-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const fails = (path: string, message: RegExp) =>
    expect(readOnnx(path)).rejects.toMatchObject({ fault: 'model', message: expect.stringMatching(message) })

  test('missing', () => fails(join(folder, 'none.onnx'), /none.onnx: There is no such file/))
  test('a folder', () => fails(folder, /no file but a folder/))
  test('below a file', () => {
    writeFileSync(join(folder, 'file'), '')
    return fails(join(folder, 'file', 'm.onnx'), /ENOTDIR/)
  })
  const unix = process.platform === 'win32' ? test.skip : test
  unix('a pipe, which would be waited for', () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    return fails(pipe, /folder or device/)
  })
  test('more than 2 GiB', () => {
    const big = join(folder, 'big.onnx')
    writeFileSync(big, '')
    truncateSync(big, 2 ** 31)
    return fails(big, /at most 2 GiB for an ONNX file but got '2147483648 bytes'. Export it with external data/)
  })
  test('the path is in the message', () => {
    const page = join(folder, 'page.onnx')
    writeFileSync(page, '<html>')
    return fails(page, /page.onnx: Expected an ONNX file, but it is an HTML/)
  })
})

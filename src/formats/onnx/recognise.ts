/** How files begin that people take for ONNX files, and what to do with them. None of them can begin an ONNX file. */
const OTHERS: readonly (readonly [begins: RegExp, what: string, hint: string])[] = [
  [/^version https:\/\/git-lfs/, 'a Git LFS pointer', 'Fetch the model itself with: git lfs pull'],
  [/^\s*</, 'an HTML or XML page', 'The download probably went wrong: open its address in a browser.'],
  [/^\s*[[{]/, 'JSON', 'A tfjs model is given by its model.json.'],
  [/^PK[\x03\x05]/, 'a zip archive (such as a PyTorch checkpoint)', 'Unpack it, or export the model to ONNX.'],
  [
    /^\x80[\x02-\x05]/,
    'a Python pickle (such as a PyTorch checkpoint)',
    'Export the model to ONNX with torch.onnx.export.',
  ],
  [/^\x89HDF/, 'an HDF5 file (such as a Keras model)', 'Convert it with: python -m tf2onnx.convert --keras'],
  [/^.\0\0\0TFL3/s, 'a TensorFlow Lite model', 'Convert it with: python -m tf2onnx.convert --tflite'],
  [/^.\0\0\0ORTM/s, "ONNX Runtime's own .ort format", 'Use the .onnx file that it was made from.'],
  [/^GGUF/, 'a GGUF model', 'That is a language model; image classifiers come as ONNX.'],
  [/^\x1f\x8b/, 'a gzip archive', 'Unpack it first.'],
  [/^\x89PNG|^\xff\xd8\xff|^GIF8|^RIFF/, 'a picture', 'Model and pictures are probably swapped.'],
  [/^[\t\n\r\x20-\x7e]{16}/, 'a text', 'Model and another argument are probably swapped.'],
  [/^\0{16}/, 'zeros: a download that was never finished', 'Download it again.'],
]

/** What a file seems to be that is surely not ONNX, and a hint; undefined where it may be ONNX. */
export function recognise(bytes: Uint8Array): { what: string; hint: string } | undefined {
  if (bytes.length === 0) return { what: 'an empty file', hint: 'Download or export it again.' }
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 64)).toString('latin1')
  const found = OTHERS.find(([begins]) => begins.test(start))
  return found && { what: found[1], hint: found[2] }
}

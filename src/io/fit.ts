import { AdvxError } from '../errors.ts'
import { PIXEL_LIMIT } from './decode.ts'
import type { Picture } from './picture.ts'
import { type Resample, resamplePlane } from './resample.ts'

interface Size {
  readonly height: number
  readonly width: number
}

/** How a picture of any size gets the model's: resized to a size or to a length of its shorter edge, then cropped. */
export interface Geometry extends Size {
  readonly resize: ({ readonly kind: 'exact' } & Size) | { readonly kind: 'shortest'; readonly edge: number } | null
  readonly crop: Size | null
  readonly resample: Resample
}

/**
 * The picture at the size of the geometry; one that has it already comes back as it is.
 * @throws AdvxError 'picture' when the steps lead to another size or pass through too large a picture
 */
export function fitPicture(picture: Picture, geometry: Geometry): Picture {
  if (sameSize(picture, geometry)) return picture
  const resized = geometry.resize ? resize(picture, target(picture, geometry.resize), geometry.resample) : picture
  const fitted = geometry.crop ? cropCenter(resized, geometry.crop) : resized
  if (sameSize(fitted, geometry)) return fitted
  const [got, wanted] = [picture, geometry].map(({ height, width }) => `${width} x ${height}`)
  const message = `Expected a picture of ${wanted} but got ${got}, and the preprocessing does not resize it so.`
  throw new AdvxError('picture', `${message} Resize the picture or give another --preprocess.`)
}

const sameSize = (a: Size, b: Size): boolean => a.height === b.height && a.width === b.width

/** The longer edge is rounded down, as torchvision and Hugging Face do. */
function target({ height, width }: Size, how: NonNullable<Geometry['resize']>): Size {
  if (how.kind === 'exact') return how
  const longer = Math.floor((how.edge * Math.max(height, width)) / Math.min(height, width))
  return height < width ? { height: how.edge, width: longer } : { height: longer, width: how.edge }
}

function resize(picture: Picture, { height, width }: Size, resample: Resample): Picture {
  if (height * width > PIXEL_LIMIT) {
    const message = `Expected a picture that can be resized but ${picture.width} x ${picture.height} becomes ${width} x ${height}.`
    throw new AdvxError('picture', `${message} Cut it to a less narrow shape or leave it out.`)
  }
  const from = [picture.height, picture.width] as const
  return eachPlane(picture, { height, width }, plane => resamplePlane(plane, from, [height, width], resample))
}

/** The middle, the odd pixel over at the top and left kept out; black where the picture is smaller, as Hugging Face does. */
function cropCenter(picture: Picture, { height, width }: Size): Picture {
  const [top, left] = [Math.floor((picture.height - height) / 2), Math.floor((picture.width - width) / 2)]
  return eachPlane(picture, { height, width }, plane => {
    const out = new Uint8Array(height * width)
    const [first, last] = [Math.max(0, left), Math.min(picture.width, left + width)]
    for (let y = Math.max(0, -top); y < Math.min(height, picture.height - top); y++) {
      const row = (y + top) * picture.width
      out.set(plane.subarray(row + first, row + last), y * width + first - left)
    }
    return out
  })
}

function eachPlane(picture: Picture, { height, width }: Size, map: (plane: Uint8Array) => Uint8Array): Picture {
  const levels = new Uint8Array(picture.channels * height * width)
  const size = picture.height * picture.width
  for (let c = 0; c < picture.channels; c++)
    levels.set(map(picture.levels.subarray(c * size, (c + 1) * size)), c * height * width)
  return { ...picture, height, width, levels }
}

export interface Size {
  readonly height: number
  readonly width: number
}

export type Resample = 'nearest' | 'bilinear' | 'bicubic' | 'lanczos'

/**
 * How a picture of any size becomes the 8-bit picture that a model gets: resized to a size, or to a length of its
 * shorter edge, then its centre cut out. `io/` does it; here it is only said.
 */
export interface Geometry extends Size {
  readonly resize: ({ readonly kind: 'exact' } & Size) | { readonly kind: 'shortest'; readonly edge: number } | null
  readonly crop: Size | null
  readonly resample: Resample
}

/** The size in which the steps end, where they say one. */
export const finalSize = ({ resize, crop }: Pick<Geometry, 'resize' | 'crop'>): Size | null =>
  crop ?? (resize?.kind === 'exact' ? { height: resize.height, width: resize.width } : null)

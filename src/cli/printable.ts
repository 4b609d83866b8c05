// A name may come from anybody: a file name or a class in a model can hold what a terminal takes for a command.

// CSI: ESC [ … final byte. OSC, DCS, SOS, PM, APC: up to BEL or ST, where one comes before the next of them. Other: ESC, intermediates, final byte.
// ECMA-48, https://ecma-international.org/publications-and-standards/standards/ecma-48/, §5.3 to §5.6.
const SEQUENCES =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-~]/g
const BREAKS = /[\t\n\v\f\r\x85\u2028\u2029]+/g
// Controls, formats (bidirectional marks, zero-width, tags) and what Unicode says to draw as nothing.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu
const LONE_SURROGATES = /\p{Cs}/gu

/**
 * Text as one line that a terminal shows and does not obey: escape sequences go whole, line breaks and tabs become a
 * space, control, bidirectional and invisible characters go. Markup is left as it is: to a terminal it is text.
 */
export const printable = (text: string): string =>
  text.replace(SEQUENCES, '').replace(BREAKS, ' ').replace(UNSEEN, '').replace(LONE_SURROGATES, '\ufffd')

/** The same text of JSON with those characters as \u escapes: equal as JSON, harmless in a terminal. */
export const printableJson = (json: string): string =>
  json.replace(/[^\n\P{Cc}]|[\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu, characters =>
    characters
      .split('')
      .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )
